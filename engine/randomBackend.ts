import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type {
    Backend,
    BackendContext,
    KnownResource,
    Registration,
    ResourceState,
} from "./backend";

/** What an earlier run made up. Plain data, its `result` a secret in plain text. */
export interface KnownRandom {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** The random values of a stack by URN. Kept from run to run, as Pulumi keeps them in its state. */
export type RandomState = Map<string, KnownRandom>;

const PASSWORD = "random:index/randomPassword:RandomPassword";

/** The provider's characters, by the input that takes a class of them away. */
const CHARACTERS = {
    lower: "abcdefghijklmnopqrstuvwxyz",
    upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    numeric: "0123456789",
    special: "!@#$%&*()-_=+[]{}<>:?",
};

/**
 * Makes the passwords of `@pulumi/random`: really random, once, and the same in every later run. A
 * preview does not know one that is still to be made. Of the provider's inputs it takes `length` and
 * the classes of characters, and of its outputs it has `result`; it refuses whatever else is asked.
 */
export class RandomBackend implements Backend {
    constructor(
        /** What earlier runs made; this run adds to it. */
        readonly state: RandomState = new Map<string, KnownRandom>(),
    ) {}

    known(urn: string): KnownResource | undefined {
        const known = this.state.get(urn);
        return known && { id: "none", ...known };
    }

    create(registration: Registration, context: BackendContext): Promise<ResourceState> {
        return new Promise((resolve) => {
            resolve(this.made(registration, context.preview));
        });
    }

    read(): Promise<ResourceState> {
        return Promise.reject(new Error("a random value cannot be read: nothing else has it"));
    }

    /** Forgets all values but those of the given URNs. */
    forget(options: { readonly keep: ReadonlySet<string> }): void {
        for (const urn of this.state.keys()) {
            if (!options.keep.has(urn)) {
                this.state.delete(urn);
            }
        }
    }

    private made({ urn, type, inputs }: Registration, preview: boolean): ResourceState {
        const known = this.state.get(urn);
        if (known !== undefined && isDeepStrictEqual(known.inputs, inputs)) {
            return { id: "none", outputs: known.outputs };
        }
        const alphabet = alphabetOf(type, urn, inputs);
        if (preview) {
            return { id: undefined, outputs: inputs };
        }
        const result = Array.from({ length: Number(inputs.length) }, () =>
            alphabet.charAt(randomInt(alphabet.length)),
        ).join("");
        const outputs = { ...inputs, result };
        this.state.set(urn, { inputs, outputs });
        return { id: "none", outputs };
    }
}

function alphabetOf(type: string, urn: string, inputs: Readonly<Record<string, unknown>>): string {
    if (type !== PASSWORD) {
        throw new Error(`${urn}: of @pulumi/random only RandomPassword is made here`);
    }
    const { length, ...classes } = inputs;
    const unknownInputs = Object.keys(classes).filter((name) => !(name in CHARACTERS));
    if (unknownInputs.length > 0) {
        throw new Error(`${urn}: ${unknownInputs.join(", ")} is not understood here`);
    }
    const alphabet = Object.entries(CHARACTERS)
        .filter(([name]) => classes[name] !== false)
        .map(([, characters]) => characters)
        .join("");
    if (typeof length !== "number" || length < 1 || alphabet === "") {
        throw new Error(`${urn}: a password needs a length above 0 and characters`);
    }
    return alphabet;
}
