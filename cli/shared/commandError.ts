/** Exit codes of every command, with their meaning. */
export const EXIT_CODES = {
    ok: { code: 0, meaning: "success" },
    unexpected: { code: 1, meaning: "an unexpected error" },
    badInput: { code: 2, meaning: "wrong input; nothing was changed" },
    checkFailed: { code: 3, meaning: "a check failed; the report names it" },
    unreachable: { code: 4, meaning: "a cluster is unreachable" },
    unknown: {
        code: 5,
        meaning: "something could not be looked at; the report names it, with the reason",
    },
    interrupted: { code: 130, meaning: "interrupted" },
} as const;

export type Outcome = keyof typeof EXIT_CODES;

/** One kind of error that ends a command. */
interface ErrorKind {
    /** Printed with the error, to be searched for. Its first digit is the exit code. */
    readonly code: `KDR${number}`;
    readonly outcome: Exclude<Outcome, "ok" | "interrupted">;
    readonly meaning: string;
    /** What can lead to it, as clauses. */
    readonly causes: readonly string[];
    /** What `CommandError.fields` has. */
    readonly fields?: readonly string[];
}

/**
 * All errors that end a command, by name. A name and its code keep their meaning in later versions;
 * docs/reference/errors.md is made from this.
 */
export const ERRORS = {
    Unexpected: {
        code: "KDR100",
        outcome: "unexpected",
        meaning: "An error that no other code describes.",
        causes: [
            "a fault of kafka-dr: report it with the output under KAFKA_DR_DEBUG=1",
            "an answer of a broker or of Kafka Connect that the command does not know",
        ],
    },
    KubernetesRefused: {
        code: "KDR101",
        outcome: "unexpected",
        meaning: "The Kubernetes API server answered, and refused a request.",
        causes: [
            "the user of the kubeconfig lacks a right that the commands need",
            "an admission webhook or a quota refused the object",
        ],
        fields: ["context", "status"],
    },
    JobFailed: {
        code: "KDR102",
        outcome: "unexpected",
        meaning: "The Job of a command did not start, or ended before the command did.",
        causes: [
            "the image cannot be pulled, or no node has the resources",
            "the pod was evicted, deleted, or out of memory",
            "the Job exceeded its deadline",
        ],
    },
    WorkersMissing: {
        code: "KDR103",
        outcome: "unexpected",
        meaning: "MirrorMaker 2 does not have the workers that it should have.",
        causes: [
            "MirrorMaker 2 was scaled to 0",
            "the operator does not run, or a pod does not become ready",
        ],
    },
    WrongOption: {
        code: "KDR200",
        outcome: "badInput",
        meaning: "An option is missing, cannot be parsed, or contradicts another.",
        causes: ["the command line, or an environment variable that stands for an option"],
    },
    UnreadableFile: {
        code: "KDR201",
        outcome: "badInput",
        meaning: "A file that an option names cannot be read.",
        causes: ["the path is wrong", "the file belongs to another user"],
    },
    WrongSettings: {
        code: "KDR202",
        outcome: "badInput",
        meaning: "The stack file does not exist, or its settings are not valid.",
        causes: ["the message has each invalid key, with what is allowed"],
    },
    NotDeployed: {
        code: "KDR203",
        outcome: "badInput",
        meaning: "The stack is not deployed, or the deployment differs from the settings.",
        causes: ["make up has not run yet, or failed", "the stack file of another checkout"],
    },
    WrongPhase: {
        code: "KDR204",
        outcome: "badInput",
        meaning: "The command does not begin from the phase of the pair.",
        causes: ["a failover or failback that has ended, or was not finished"],
        fields: ["phase"],
    },
    MissingRight: {
        code: "KDR205",
        outcome: "badInput",
        meaning: "A Kafka cluster denied the user of the command a right.",
        causes: ["the user is not one of the stack's users for commands", "its ACLs were changed"],
    },
    UnknownName: {
        code: "KDR206",
        outcome: "badInput",
        meaning: "A topic, group, user or operation that was named does not exist.",
        causes: ["a typing error", "the name of another cluster or stack"],
    },
    NothingToCompare: {
        code: "KDR207",
        outcome: "badInput",
        meaning: "The clusters have no pair of logs to compare.",
        causes: ["both addresses lead to one cluster", "no topic is mirrored"],
    },
    SourceAlive: {
        code: "KDR208",
        outcome: "badInput",
        meaning: "An unplanned failover would lose records that the source still accepts.",
        causes: ["the source is reachable, and producers write to it"],
        fields: ["records"],
    },
    WrongRecord: {
        code: "KDR209",
        outcome: "badInput",
        meaning: "A file is not the record of an unplanned failover.",
        causes: ["another file was given", "an earlier version wrote it"],
    },
    UnsupportedAuthentication: {
        code: "KDR210",
        outcome: "badInput",
        meaning: "The commands cannot connect by the authentication of a listener.",
        causes: ["OAuth or another custom authentication"],
    },
    NoMetrics: {
        code: "KDR211",
        outcome: "badInput",
        meaning: "MirrorMaker 2 serves no metrics.",
        causes: ["kafka-dr:mirror.metrics is false", "the address is not that of an exporter"],
    },
    UnsupportedBroker: {
        code: "KDR212",
        outcome: "badInput",
        meaning: "A broker and the commands have no version of a request in common.",
        causes: ["a broker older than Kafka 2.8", "a proxy that answers for the broker"],
        fields: ["broker", "request"],
    },
    TransactionLives: {
        code: "KDR213",
        outcome: "badInput",
        meaning: "A transaction that should be aborted does not hang.",
        causes: ["its coordinator has it open: its producer, or its timeout, ends it"],
    },
    StepFailed: {
        code: "KDR300",
        outcome: "checkFailed",
        meaning: "A step of a failover or failback failed its check; no further step ran.",
        causes: ["the message has the step, what it found, and the way back"],
        fields: ["step"],
    },
    LogUnreadable: {
        code: "KDR301",
        outcome: "checkFailed",
        meaning: "A log cannot be read to the end that it had when the command began.",
        causes: [
            "records were lost at its end: an unclean leader election, or storage that was emptied",
            "retention deleted records before they were read",
            "a batch is corrupt, or compressed by a codec that the commands do not know",
        ],
        fields: ["topic", "partition", "offset"],
    },
    ClusterUnreachable: {
        code: "KDR400",
        outcome: "unreachable",
        meaning: "A Kafka cluster does not respond at its bootstrap servers.",
        causes: [
            "the cluster is down, or another address is right",
            "the CA certificate is not that of the cluster",
            "the user or its password is wrong",
        ],
    },
    BrokerUnreachable: {
        code: "KDR401",
        outcome: "unreachable",
        meaning:
            "A broker is unreachable at the address that it advertises, or closed the connection.",
        causes: ["advertised addresses that only lead to the broker from elsewhere", "a restart"],
    },
    KubernetesUnreachable: {
        code: "KDR402",
        outcome: "unreachable",
        meaning: "A Kubernetes API server does not respond, or the kubeconfig cannot be used.",
        causes: ["the context does not exist", "the API server is down", "expired credentials"],
        fields: ["context"],
    },
    MetricsUnreachable: {
        code: "KDR403",
        outcome: "unreachable",
        meaning: "A worker of MirrorMaker 2 does not serve metrics.",
        causes: ["the pod does not run", "a NetworkPolicy keeps the API server from it"],
    },
    JobUnreachable: {
        code: "KDR404",
        outcome: "unreachable",
        meaning: "The Job of a command could not reach a cluster.",
        causes: ["the output of the Job has the reason"],
    },
    NotKnown: {
        code: "KDR500",
        outcome: "unknown",
        meaning: "What decides whether to go on could not be looked at.",
        causes: ["the message has what, and the reason"],
    },
} as const satisfies Readonly<Record<string, ErrorKind>>;

export type ErrorName = keyof typeof ERRORS;

/** Names of the fields of all kinds. */
type FieldName = {
    [K in ErrorName]: (typeof ERRORS)[K] extends {
        readonly fields: readonly (infer Field extends string)[];
    }
        ? Field
        : never;
}[ErrorName];

/** What an error is about, by the names that its kind lists; a value that is not known is absent. */
export type ErrorFields = Readonly<Partial<Record<FieldName, string | number>>>;

/** An error that ends a command, with a message for the user: what is wrong, and what to do. */
export class CommandError extends Error {
    override readonly name = "CommandError";
    readonly fields: ErrorFields;

    constructor(
        readonly kind: ErrorName,
        message: string,
        /** What to do, as a sentence; empty when the message includes it. */
        readonly remedy = "",
        { fields = {}, ...options }: ErrorOptions & { readonly fields?: ErrorFields } = {},
    ) {
        super(message, options);
        this.fields = fields;
    }

    /** Such as `KDR200`. */
    get code(): string {
        return ERRORS[this.kind].code;
    }

    get outcome(): ErrorKind["outcome"] {
        return ERRORS[this.kind].outcome;
    }

    /** The error as a document, for a script. */
    toJSON(): object {
        const { kind, code, message, remedy, fields } = this;
        return { name: kind, code, message, ...(remedy !== "" && { remedy }), fields };
    }

    get exitCode(): number {
        return EXIT_CODES[this.outcome].code;
    }
}

/** The exit codes, for the end of a help text. */
export function exitCodeHelp(): string {
    const lines = Object.values(EXIT_CODES).map(
        ({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`,
    );
    return ["Exit codes:", ...lines].join("\n");
}
