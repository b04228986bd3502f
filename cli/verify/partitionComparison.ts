import type { Ends, MirrorEnd } from "../shared/mirror/ends";
import { CommonRecordSearch } from "./commonRecordSearch";
import {
    type ComparisonOptions,
    type ComparisonResult,
    RangeList,
    withoutOrdinals,
} from "./comparisonResult";
import { PositionTracker } from "./positions";
import { DigestHistory, type DigestedRecords, Lookahead } from "./recordWindows";
import { UnmatchedRecords } from "./unmatchedRecords";

/**
 * WINDOW_RECORDS: of each log, the records among which the counterpart of a record is searched, and
 * those that are remembered as missing or unexpected in case their counterpart comes out of order.
 * HISTORY_RECORDS: how far back duplicates are recognized. MirrorMaker 2 sends again what came after
 * its last commit of offsets, which is 10 s here.
 *
 * These alone bound the memory of one partition, whatever its size. Measured: 10 MB for logs that
 * agree, 5 million records of each; 140 MB where every other record differs, which fills all of them.
 */
export const WINDOW_RECORDS = 1 << 17;
export const HISTORY_RECORDS = 1 << 20;

/** A record with an equal one among this many next records of `from` was written twice: no duplicate. */
const NEAR_RECORDS = 64;

/**
 * Compares the logs of one partition, fed in batches from both ends. Pure: knows nothing of Kafka's
 * protocol and reads nothing. `wants` is the end whose records it needs next.
 */
export class PartitionComparison {
    private readonly from = new Lookahead();
    private readonly to = new Lookahead();
    private readonly matchedDigests: DigestHistory;
    private readonly missing: UnmatchedRecords;
    private readonly unexpected: UnmatchedRecords;
    private readonly duplicate = new RangeList();
    private readonly outOfOrder = new RangeList();
    private readonly unverifiable: Ends<RangeList> = { from: new RangeList(), to: new RangeList() };
    private readonly positions: PositionTracker;
    private readonly window: number;
    private search: CommonRecordSearch | undefined;
    private wanted: MirrorEnd | undefined = "from";
    private matched = 0;
    private lastMatchedOrdinal = -1;
    private lastMatched: Ends<number>;
    private firstMatch: ComparisonResult["firstMatch"];

    constructor(private readonly options: ComparisonOptions) {
        this.window = options.windowRecords ?? WINDOW_RECORDS;
        this.matchedDigests = new DigestHistory(options.historyRecords ?? HISTORY_RECORDS);
        this.missing = new UnmatchedRecords(this.window);
        this.unexpected = new UnmatchedRecords(this.window);
        this.positions = new PositionTracker(
            options.trackedFromOffsets ?? [],
            options.trackedToOffsets ?? [],
        );
        this.lastMatched = {
            from: options.from.firstOffset - 1,
            to: options.to.firstOffset - 1,
        };
    }

    /** The end whose records are needed to continue; undefined when both logs have ended. */
    get wants(): MirrorEnd | undefined {
        return this.wanted;
    }

    /** Takes the next records of the wanted end, in the order of its log. */
    feed(end: MirrorEnd, records: DigestedRecords): void {
        this[end].append(records);
        this.advance();
    }

    /** The log of this end has no more records. */
    end(end: MirrorEnd): void {
        this[end].hasEnded = true;
        this.advance();
    }

    /** @throws before both logs have ended */
    result(): ComparisonResult {
        if (this.wanted !== undefined) {
            throw new Error(`the comparison still needs records of "${this.wanted}"`);
        }
        this.missing.finish();
        this.unexpected.finish();
        this.positions.finish(this.options.to.endOffset);
        const tail = this.missing.final.takeLast(
            (range) => range.firstOrdinal > this.lastMatchedOrdinal,
        );
        return {
            fromRecords: this.from.ordinal,
            toRecords: this.to.ordinal,
            matched: this.matched,
            missing: this.missing.final.found(),
            lag: {
                records: tail?.records ?? 0,
                ranges: tail ? [withoutOrdinals(tail)] : [],
                ...(tail && { firstTimestamp: tail.timestamp }),
            },
            duplicate: this.duplicate.found(),
            unexpected: this.unexpected.final.found(),
            outOfOrder: this.outOfOrder.found(),
            unverifiable: {
                from: this.unverifiable.from.found(),
                to: this.unverifiable.to.found(),
            },
            ...(this.firstMatch && { firstMatch: this.firstMatch }),
            positions: this.positions,
        };
    }

    private advance(): void {
        this.wanted = undefined;
        while (this.wanted === undefined && (this.from.length > 0 || this.to.length > 0)) {
            this.wanted = this.step();
        }
        if (this.wanted === undefined) {
            const open = (["from", "to"] as const).filter((end) => !this[end].hasEnded);
            this.wanted = open[0];
        }
    }

    /** Classifies at least one record, or returns the end whose records it needs for that. */
    private step(): MirrorEnd | undefined {
        const { from, to } = this;
        if (this.search === undefined) {
            if (from.length === 0 && !from.hasEnded) {
                return "from";
            }
            if (to.length === 0 && !to.hasEnded) {
                return "to";
            }
            if (from.length > 0 && to.length > 0) {
                if (from.digest(0) === to.digest(0)) {
                    this.match();
                    return undefined;
                }
            }
            if (to.length > 0 && this.isKnown(to.digest(0))) {
                if (from.length < NEAR_RECORDS && !from.hasEnded) {
                    return "from";
                }
                if (!from.hasNear(to.digest(0), NEAR_RECORDS)) {
                    this.classifyTo(false);
                    return undefined;
                }
            }
            this.search = new CommonRecordSearch(from, to, this.window);
        }
        const found = this.search.next();
        if (found === "exhausted") {
            this.search = undefined;
            this.classifyWindow();
        } else if ("needs" in found) {
            return found.needs;
        } else {
            this.search = undefined;
            this.classifyUntil(found.common.from, found.common.to);
        }
        return undefined;
    }

    private isKnown(digest: number): boolean {
        return this.missing.has(digest) || this.matchedDigests.has(digest);
    }

    private match(): void {
        const { from, to } = this;
        const offsets = { from: from.offset(0), to: to.offset(0) };
        this.firstMatch ??= { fromOffset: offsets.from, toOffset: offsets.to };
        this.classifyEarlyCopies(from.digest(0));
        this.positions.pass(offsets.to, offsets.from);
        this.matchedDigests.push(from.digest(0));
        this.matched += 1;
        this.lastMatchedOrdinal = from.ordinal;
        this.lastMatched = offsets;
        from.shift();
        to.shift();
    }

    /** Classifies what is before the next record that both logs have. */
    private classifyUntil(fromCount: number, toCount: number): void {
        const { from, to, options } = this;
        // Compaction leaves gaps: the other log may have lost as many records as its gap has offsets.
        const toGap = to.offset(toCount) - this.lastMatched.to - 1 - toCount;
        const fromGap = from.offset(fromCount) - this.lastMatched.from - 1 - fromCount;
        const isFirst = this.firstMatch === undefined;
        const isFromExcused =
            (isFirst && options.to.isTrimmed) || (options.to.isCompacted && fromCount <= toGap);
        const isToExcused =
            (isFirst && options.from.isTrimmed) || (options.from.isCompacted && toCount <= fromGap);
        for (let i = 0; i < fromCount; i++) {
            this.classifyFrom(isFromExcused);
        }
        for (let i = 0; i < toCount; i++) {
            this.classifyTo(isToExcused);
        }
    }

    /** Classifies records of a window in which the logs have nothing in common. */
    private classifyWindow(): void {
        const { from, to, options } = this;
        const neverMatched = this.firstMatch === undefined;
        const isFromExcused = neverMatched && options.to.isTrimmed && this.isToEmpty();
        const isToExcused = neverMatched && options.from.isTrimmed;
        const isFromFull = from.length >= this.window;
        const isToFull = to.length >= this.window;
        // Both logs go on beyond the window: the first records of the older one have no counterpart,
        // while those of the newer one may still get theirs.
        const takesFrom = !isToFull || (isFromFull && from.timestamp(0) <= to.timestamp(0));
        const takesTo = !isFromFull || (isToFull && to.timestamp(0) <= from.timestamp(0));
        const amount = Math.max(1, this.window >> 1);
        const fromCount = takesFrom ? Math.min(from.length, isFromFull ? amount : Infinity) : 0;
        const toCount = takesTo ? Math.min(to.length, isToFull ? amount : Infinity) : 0;
        for (let i = 0; i < fromCount; i++) {
            this.classifyFrom(isFromExcused);
        }
        for (let i = 0; i < toCount; i++) {
            this.classifyTo(isToExcused);
        }
    }

    private isToEmpty(): boolean {
        return this.to.hasEnded && this.to.ordinal + this.to.length === 0;
    }

    /** Classifies the next record of `from`, which is not the next one of `to`. */
    private classifyFrom(isExcused: boolean): void {
        const { from } = this;
        const [digest, offset, timestamp] = [from.digest(0), from.offset(0), from.timestamp(0)];
        const early = this.unexpected.size > 0 ? this.unexpected.take(digest) : undefined;
        if (early !== undefined) {
            this.outOfOrder.add(early.ordinal, early.offset, early.timestamp);
            this.classifyEarlyCopies(digest);
            this.noteArrival(from.ordinal, digest);
        } else if (isExcused) {
            this.unverifiable.from.add(from.ordinal, offset, timestamp);
        } else {
            this.missing.add(digest, from.ordinal, offset, timestamp);
        }
        from.shift();
    }

    /** Classifies the next record of `to`, which is not the next one of `from`. */
    private classifyTo(isExcused: boolean): void {
        const { to } = this;
        const [digest, offset, timestamp] = [to.digest(0), to.offset(0), to.timestamp(0)];
        const late = this.missing.size > 0 ? this.missing.take(digest) : undefined;
        if (late !== undefined) {
            this.outOfOrder.add(to.ordinal, offset, timestamp);
            this.noteArrival(late.ordinal, digest);
        } else if (this.matchedDigests.has(digest)) {
            this.duplicate.add(to.ordinal, offset, timestamp);
        } else if (isExcused) {
            this.unverifiable.to.add(to.ordinal, offset, timestamp);
        } else {
            this.unexpected.add(digest, to.ordinal, offset, timestamp);
        }
        this.positions.pass(offset);
        to.shift();
    }

    /** Copies that arrived before the record that is now matched are duplicates of it. */
    private classifyEarlyCopies(digest: number): void {
        while (this.unexpected.size > 0) {
            const early = this.unexpected.take(digest);
            if (early === undefined) {
                return;
            }
            this.duplicate.add(early.ordinal, early.offset, early.timestamp);
        }
    }

    /** A record of `from` is at `to`, out of order. */
    private noteArrival(ordinal: number, digest: number): void {
        this.matchedDigests.push(digest);
        this.lastMatchedOrdinal = Math.max(this.lastMatchedOrdinal, ordinal);
    }
}
