/**
 * Prints the roles that `pulumi up` needs, or with `--commands` those of the `kafka-dr` commands, as
 * YAML; docs/reference/rbac.md explains them.
 *
 * npm run --silent rbac -- <stack> [--site source|target] [--user <name> | --group <name> |
 * --service-account <namespace>/<name>] [--commands]; exit code 0, or 1 with the reason on stderr.
 */
import { parseArgs } from "node:util";
import { settingsOf } from "../cli/shared/settings";
import { sameKubernetesCluster, type Settings, type SiteName } from "../config/settingsSchema";
import { commandRole, failbackRole } from "../rbac/commandRoles";
import { deployerPermissions, notCovered } from "../rbac/deployerPermissions";
import { manifest, rolesText } from "../rbac/manifest";
import type { Subject } from "../rbac/roles";

const DEFAULT_GROUP = "kafka-dr-deployers";

const COMMANDS_GROUP = "kafka-dr-operators";

const HELP = `Prints the Kubernetes roles for deploying a stack, with their bindings, as YAML.

npm run --silent rbac -- <stack> [options]

  --commands                         roles for the kafka-dr commands instead: at the target, and
                                     for a failback at the source
                                     (default group: ${COMMANDS_GROUP})
  --site source|target               only for the Kubernetes cluster of this site
  --user <name>                      bind the roles to a user,
  --group <name>                     to a group (default: ${DEFAULT_GROUP}),
  --service-account <namespace>/<name>  or to a service account
  --help

npm run --silent rbac -- prod --site source | kubectl --context prod-primary apply -f -
`;

/** Invalid arguments. */
class UsageError extends Error {
    override readonly name = "UsageError";
}

function main(args: string[]): void {
    const { values, positionals } = parsed(args);
    if (values.help === true) {
        process.stdout.write(HELP);
        return;
    }
    const [stack, ...others] = positionals;
    if (stack === undefined || others.length > 0) {
        throw new UsageError("give one stack, such as dev or prod");
    }
    const { site } = values;
    if (site !== undefined && site !== "source" && site !== "target") {
        throw new UsageError(`--site is "${site}"; it must be source or target`);
    }
    const settings = settingsOf(stack);
    if (values.commands === true) {
        process.stdout.write(
            commandsText(stack, settings, subjectOf(values, COMMANDS_GROUP), site),
        );
        return;
    }
    const subject = subjectOf(values, DEFAULT_GROUP);
    const clusters = deployerPermissions(settings).filter(
        ({ sites }) => site === undefined || sites.includes(site),
    );
    for (const warning of notCovered(settings)) {
        process.stderr.write(`warning: ${warning}\n`);
    }
    process.stdout.write(
        clusters.map((cluster) => manifest(stack, cluster, subject)).join("---\n"),
    );
}

/** The roles of the commands at the target, and at the source for a failback. */
function commandsText(
    stack: string,
    settings: Settings,
    subject: Subject,
    site: SiteName | undefined,
): string {
    const { source, target } = settings;
    const roles = {
        target: [commandRole(stack, settings)],
        source: [failbackRole(stack, settings)].filter((role) => role !== undefined),
    };
    const sites = (["target", "source"] as const).filter(
        (side) => (site ?? side) === side && roles[side].length > 0,
    );
    return sameKubernetesCluster(source, target)
        ? rolesText(
              { sites, context: target.context },
              sites.flatMap((side) => roles[side]),
              subject,
          )
        : sites
              .map((side) =>
                  rolesText(
                      { sites: [side], context: settings[side].context },
                      roles[side],
                      subject,
                  ),
              )
              .join("---\n");
}

function parsed(args: string[]) {
    const text = { type: "string" } as const;
    try {
        return parseArgs({
            args,
            allowPositionals: true,
            options: {
                site: text,
                user: text,
                group: text,
                "service-account": text,
                commands: { type: "boolean" },
                help: { type: "boolean" },
            },
        });
    } catch (error) {
        throw new UsageError(error instanceof Error ? error.message : String(error));
    }
}

function subjectOf(values: ReturnType<typeof parsed>["values"], defaultGroup: string): Subject {
    const { user, group, "service-account": account } = values;
    if ([user, group, account].filter((value) => value !== undefined).length > 1) {
        throw new UsageError("give one of --user, --group and --service-account");
    }
    if (account !== undefined) {
        const [namespace, name, ...rest] = account.split("/");
        if (!namespace || !name || rest.length > 0) {
            throw new UsageError(
                `--service-account is "${account}"; it must be <namespace>/<name>, such as ci/deployer`,
            );
        }
        return { kind: "ServiceAccount", namespace, name };
    }
    return user === undefined
        ? { kind: "Group", name: group ?? defaultGroup }
        : { kind: "User", name: user };
}

try {
    main(process.argv.slice(2));
} catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
        error instanceof UsageError ? `error: ${message}\n\n${HELP}` : `error: ${message}\n`,
    );
    process.exitCode = 1;
}
