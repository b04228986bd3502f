import { statfs } from "node:fs/promises";

/** With less than this the next write of a JVM or its log is likely to fail. */
const NEEDED_BYTES = 1024 * 1024;

/** Whether the file system of a folder is full; false when it cannot be asked. */
export async function isDiskFull(folder: string): Promise<boolean> {
    try {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize < NEEDED_BYTES;
    } catch {
        return false;
    }
}
