/** Stands for a value that a preview does not know yet. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** The longest value that a message shows; the rest is cut off. */
const LONGEST_FOUND = 120;

/**
 * A place in the properties of a resource, and its value.
 *
 * Rules read properties only through this class, which handles values that a preview does not know
 * yet: below an unknown value every field is unknown and {@link Field.holds} is false, so no rule can
 * report it. An unknown list or map has no members.
 */
export class Field {
    constructor(
        private readonly value: unknown,
        /** The path in messages: `spec.kafka.config["min.insync.replicas"]`; empty at the root. */
        readonly path = "",
    ) {}

    /** The field below this one, by one or more names. */
    at(...names: readonly string[]): Field {
        return names.reduce<Field>((field, name) => field.member(name), this);
    }

    /** The items of a list; none if the value is not a list. */
    items(): Field[] {
        return Array.isArray(this.value)
            ? this.value.map((item, index) => new Field(item, `${this.path}[${index}]`))
            : [];
    }

    /** The members of a map with their names; none if the value is not a map. */
    entries(): { readonly name: string; readonly field: Field }[] {
        return isMap(this.value)
            ? Object.keys(this.value).map((name) => ({ name, field: this.member(name) }))
            : [];
    }

    /**
     * Whether the value is known and meets the predicate, which gets undefined for an absent value.
     */
    holds(predicate: (value: unknown) => boolean): boolean {
        return !this.unknown && predicate(this.value ?? undefined);
    }

    /** Whether a preview does not know the value. */
    get unknown(): boolean {
        return this.value === UNKNOWN;
    }

    /** Whether the value is known to be absent. */
    get absent(): boolean {
        return this.holds((value) => value === undefined);
    }

    /** Whether the value is known to be present. */
    get present(): boolean {
        return this.holds((value) => value !== undefined);
    }

    /**
     * The value as text, as Kafka and Strimzi compare configuration; undefined if unknown or absent.
     */
    get text(): string | undefined {
        return this.present ? textOf(this.value) : undefined;
    }

    /** The value as messages print it. */
    get found(): string {
        if (this.unknown) {
            return "unknown";
        }
        const json = JSON.stringify(this.value ?? undefined, showUnknown) as string | undefined;
        if (json === undefined) {
            return "absent";
        }
        return json.length > LONGEST_FOUND ? `${json.slice(0, LONGEST_FOUND)}...` : json;
    }

    /** This field or, if it is absent, another one, as with a value that overrides a default. */
    or(fallback: Field): Field {
        return this.absent ? fallback : this;
    }

    private member(name: string): Field {
        const path = joined(this.path, name);
        if (this.unknown) {
            return new Field(UNKNOWN, path);
        }
        // Own members only: every object inherits "constructor", even if the map lacks that key.
        return isMap(this.value) && Object.hasOwn(this.value, name)
            ? new Field(this.value[name], path)
            : new Field(undefined, path);
    }
}

/** Whether both values are known and differ as text; the default stands for an absent one. */
export function differ(left: Field, right: Field, preset: string): boolean {
    const orPreset = (value: unknown) => textOf(value ?? preset);
    return left.holds((one) => right.holds((other) => orPreset(one) !== orPreset(other)));
}

/** A scalar as configuration writes it; objects as JSON. */
export function textOf(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function joined(path: string, name: string): string {
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) {
        return `${path}[${JSON.stringify(name)}]`;
    }
    return path === "" ? name : `${path}.${name}`;
}

function showUnknown(_key: string, value: unknown): unknown {
    return value === UNKNOWN ? "(unknown)" : value;
}
