import { open } from "node:fs/promises";

const READ_BYTES = 64 * 1024;

/**
 * The last lines of a log file, oldest first. A file that is missing or cannot be read gives an
 * empty list: the caller is reporting another error, which must not be hidden.
 */
export async function lastLines(file: string, count = 20): Promise<string[]> {
    try {
        const handle = await open(file, "r");
        try {
            const { size } = await handle.stat();
            const start = Math.max(0, size - READ_BYTES);
            const buffer = Buffer.alloc(size - start);
            await handle.read(buffer, 0, buffer.length, start);
            return buffer.toString("utf8").trimEnd().split("\n").slice(-count);
        } finally {
            await handle.close();
        }
    } catch {
        return [];
    }
}
