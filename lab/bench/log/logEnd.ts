import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { segments, batchHeader, HEADER_BYTES } from "./logFiles";

/**
 * Counts the records of a partition. Each call reads only the headers of the batches that were appended
 * since the previous call. Transaction markers do not count, so that the logs of an exactly-once mirror
 * are comparable.
 */
export class LogEnd {
    private readonly header = Buffer.alloc(HEADER_BYTES);
    private open: { readonly file: number; readonly path: string } | undefined;
    private position = 0;
    private count = 0;

    /** @param folder the folder of the partition, which need not exist yet */
    constructor(private readonly folder: string) {}

    /** The present number of records. */
    records(): number {
        for (;;) {
            this.open ??= this.next();
            if (this.open === undefined) {
                return this.count;
            }
            this.readNewBatches(this.open.file);
            const following = this.next();
            if (following === undefined) {
                return this.count;
            }
            closeSync(this.open.file);
            this.open = following;
            this.position = 0;
        }
    }

    close(): void {
        if (this.open !== undefined) {
            closeSync(this.open.file);
        }
    }

    /** Opens the segment after the present one; undefined when it does not exist yet. */
    private next(): { file: number; path: string } | undefined {
        const present = this.open?.path ?? "";
        const path = segments(this.folder).find((segment) => segment > present);
        return path === undefined ? undefined : { path, file: openSync(path, "r") };
    }

    private readNewBatches(file: number): void {
        const size = fstatSync(file).size;
        while (this.position + HEADER_BYTES <= size) {
            readSync(file, this.header, 0, HEADER_BYTES, this.position);
            const { bytes, records, isControl } = batchHeader(this.header, 0);
            if (this.position + bytes > size) {
                return; // incomplete: the broker is writing it
            }
            this.position += bytes;
            this.count += isControl ? 0 : records;
        }
    }
}

/** Counts the records of all partitions of a topic in the data folder of a broker. */
export class TopicEnd {
    private readonly ends: readonly LogEnd[];

    constructor(dataFolder: string, topic: string, partitions: number) {
        this.ends = Array.from(
            { length: partitions },
            (_unused, partition) => new LogEnd(`${dataFolder}/${topic}-${partition}`),
        );
    }

    /** By partition. */
    records(): number[] {
        return this.ends.map((end) => end.records());
    }

    total(): number {
        return this.records().reduce((sum, records) => sum + records, 0);
    }

    close(): void {
        for (const end of this.ends) {
            end.close();
        }
    }
}
