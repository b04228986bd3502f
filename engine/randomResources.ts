import { createHash } from "node:crypto";
import type { Registration } from "./backend";

/**
 * The state of a resource of `@pulumi/random`, derived from its URN: it has the format of a real one, is
 * the same in every run, and is meant for tests only. The resource class itself marks secret outputs.
 */
export function randomState(registration: Registration): {
    readonly id: string;
    readonly outputs: Readonly<Record<string, unknown>>;
} {
    const kind = registration.type.split(":").at(-1);
    const { urn, inputs } = registration;
    switch (kind) {
        case "RandomPassword":
            return {
                id: "none",
                outputs: { result: text(urn, inputs), bcryptHash: `$2a$10$${letters(urn, 53)}` },
            };
        case "RandomString": {
            const result = text(urn, inputs);
            return { id: result, outputs: { result } };
        }
        case "RandomId": {
            const bytes = bytesOf(urn, integer(inputs.byteLength, 8));
            const prefix = typeof inputs.prefix === "string" ? inputs.prefix : "";
            const hex = bytes.toString("hex");
            return {
                id: bytes.toString("base64url"),
                outputs: {
                    hex: prefix + hex,
                    dec: prefix + BigInt(`0x${hex}`).toString(),
                    b64Std: prefix + bytes.toString("base64"),
                    b64Url: prefix + bytes.toString("base64url"),
                },
            };
        }
        case "RandomBytes": {
            const bytes = bytesOf(urn, integer(inputs.length, 32));
            return {
                id: bytes.toString("base64"),
                outputs: { base64: bytes.toString("base64"), hex: bytes.toString("hex") },
            };
        }
        case "RandomInteger": {
            const min = integer(inputs.min, 0);
            const max = integer(inputs.max, min);
            const result = min + (bytesOf(urn, 4).readUInt32BE() % (max - min + 1));
            return { id: String(result), outputs: { result } };
        }
        case "RandomUuid": {
            const hex = bytesOf(urn, 16).toString("hex");
            const result = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
            return { id: result, outputs: { result } };
        }
        case "RandomPet": {
            const id = `${letters(urn, 6)}-${letters(`${urn}#`, 6)}`.toLowerCase();
            return { id, outputs: {} };
        }
        default:
            throw new Error(`the recording backend does not support ${registration.type}`);
    }
}

function text(urn: string, inputs: Readonly<Record<string, unknown>>): string {
    return letters(urn, integer(inputs.length, 16));
}

function letters(seed: string, length: number): string {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return Array.from(bytesOf(seed, length), (byte) => alphabet[byte % alphabet.length]).join("");
}

function bytesOf(seed: string, length: number): Buffer {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, (_block, index) =>
        createHash("sha256").update(`${index}:${seed}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, length);
}

function integer(value: unknown, fallback: number): number {
    return typeof value === "number" ? value : fallback;
}
