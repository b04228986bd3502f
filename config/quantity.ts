const MULTIPLIERS: Readonly<Record<string, number>> = {
    "": 1,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    Pi: 2 ** 50,
};

/**
 * Bytes of a Kubernetes memory or storage quantity such as `2Gi`, `500M` or `1.5Gi`;
 * undefined for other text. Milli-bytes and exponents are valid in Kubernetes but never intended.
 */
export function quantityInBytes(quantity: string): number | undefined {
    const match = /^(\d+(?:\.\d+)?)(k|[MGTP]|[KMGTP]i)?$/.exec(quantity);
    if (match === null) {
        return undefined;
    }
    const multiplier = MULTIPLIERS[match[2] ?? ""];
    return multiplier === undefined ? undefined : Number(match[1]) * multiplier;
}

/**
 * Bytes of a Java heap size as Strimzi's `jvmOptions` take it: `^[0-9]+[mMgG]?$`, where a plain
 * number is bytes; undefined for other text.
 */
export function heapInBytes(heap: string): number | undefined {
    const match = /^(\d+)([mMgG]?)$/.exec(heap);
    if (match === null) {
        return undefined;
    }
    const unit = { "": 1, m: 2 ** 20, g: 2 ** 30 }[(match[2] ?? "").toLowerCase()];
    return unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Thousandths of a CPU of a quantity such as `500m` or `2`; NaN for anything else. */
export function cpuInMillis(quantity: string): number {
    return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;
}
