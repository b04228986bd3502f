import { pbkdf2, randomInt } from "node:crypto";
import { promisify } from "node:util";

/** The iterations with which Strimzi's User Operator stores a password; Kafka's minimum. */
export const SCRAM_ITERATIONS = 4096;
/** Bytes of SHA-512. */
const HASH_BYTES = 64;
/** The length of a password that Strimzi's User Operator makes. */
const LENGTH = 32;
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function pick(alphabet: string): string {
    return alphabet.charAt(randomInt(alphabet.length));
}

/** A new password: 32 letters and digits, the first a letter, as a JAAS configuration needs it. */
export function generatePassword(): string {
    const rest = Array.from({ length: LENGTH - 1 }, () => pick(`${LETTERS}0123456789`));
    return pick(LETTERS) + rest.join("");
}

/** What Kafka stores of a password for SCRAM-SHA-512 (RFC 5802: SaltedPassword). */
export async function saltedPassword(password: string, salt: Buffer): Promise<Buffer> {
    return promisify(pbkdf2)(password, salt, SCRAM_ITERATIONS, HASH_BYTES, "sha512");
}
