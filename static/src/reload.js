/** Read a form's record again, unless somebody is typing in it. */
export async function reloadUnlessTyping(record) {
    if (!(await record.isDirty())) {
        await record.load();
    }
}
