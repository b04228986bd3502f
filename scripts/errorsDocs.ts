import { ERRORS, EXIT_CODES } from "../cli/shared/commandError";

const HEAD = `# Errors

Each error that ends a command is printed on standard error: what is wrong, what to do, and a code. With \`--json\` it is one line, a JSON document, \`{"error": {"name", "code", "message", "remedy", "fields"}}\`. Names and codes keep their meaning in later versions. The first digit of a code is the exit code. An option that does not exist, or a value that cannot be parsed, is reported without a code, with exit code 2. What a check finds, such as a missing record, is not an error: the report has it, and [commands](commands.md) lists the findings.

This page is made from \`cli/shared/commandError.ts\`.
`;

/** The page of all errors, in the order of their codes. */
export function errorsMarkdown(): string {
    const sections = Object.entries(ERRORS).map(([name, error]) => {
        const fields = "fields" in error ? error.fields : [];
        return [
            `## ${error.code}: ${name}`,
            "",
            `${error.meaning} Exit code ${EXIT_CODES[error.outcome].code}.`,
            "",
            "Causes:",
            "",
            ...error.causes.map((cause) => `- ${cause}`),
            ...(fields.length === 0
                ? []
                : ["", `Fields: ${fields.map((field) => `\`${field}\``).join(", ")}.`]),
            "",
        ].join("\n");
    });
    return [HEAD, ...sections].join("\n");
}
