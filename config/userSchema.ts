import { z } from "zod";
import { dnsLabel, integer } from "./fields";

/** A resource of Kafka's authorizer, by its name or the beginning of its name. */
function kafkaResource(what: string) {
    return z.strictObject({
        name: z
            .string()
            .refine((value) => /^[a-zA-Z0-9._-]{1,249}$/.test(value), {
                error: 'must be 1 to 249 letters, digits, ".", "_" or "-"',
                params: { rule: "resource-name" },
            })
            .describe(`Name of the ${what}, or the beginning of names.`),
        patternType: z
            .enum(["literal", "prefix"])
            .default("literal")
            .describe("`literal`: this name; `prefix`: every name that begins with it."),
    });
}

const resourceList = (what: string, description: string) =>
    z.array(kafkaResource(what)).default([]).describe(description);

export const userSchema = z.strictObject({
    name: dnsLabel(63).describe(
        "Name of the KafkaUser, of the Kafka principal, and of the Secret with its password, at both sites.",
    ),
    produces: resourceList("topic", "Topics that it writes to, at the active site only."),
    consumes: resourceList("topic", "Topics that it reads, at both sites."),
    groups: resourceList(
        "consumer group",
        "Consumer groups that it may be a member of, at the active site only; elsewhere it may look at them.",
    ),
    transactionalIds: resourceList(
        "transactional id",
        "Transactional ids that it may use, at the active site only.",
    ),
    credentialsRevision: integer(1)
        .default(1)
        .describe("Another number means a new password, the same at both sites."),
});
