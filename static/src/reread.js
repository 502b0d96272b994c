/** Read a form's record again, unless somebody is typing in it. */
export async function reread(record) {
    if (!(await record.isDirty())) {
        await record.load();
    }
}
