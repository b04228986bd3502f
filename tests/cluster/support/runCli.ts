/**
 * `kafka-dr run` as a separate process: tsx runCli.ts <kubeconfig> <source and target
 * namespace> <arguments of run>. Its stack is `dev` on the API servers.
 */
import { Command } from "commander";
import { parseSettings } from "../../../config/parseSettings";
import { runCommandJob, secondInterrupt } from "../../../cli/run/commandJob";
import { changed, rawStack, repositoryRoot } from "../../support/rawSettings";

const [, , kubeconfig, source, target, image = "", ...args] = process.argv;
const interrupt = new AbortController();
process.once("SIGINT", () => {
    interrupt.abort();
});
const { settings } = parseSettings(
    changed(
        rawStack("dev"),
        ["source/context", "source"],
        ["source/kubeconfig", kubeconfig],
        ["source/namespace", source],
        ["target/context", "source"],
        ["target/kubeconfig", kubeconfig],
        ["target/namespace", target],
    ),
    "Pulumi.dev.yaml",
);

new Command()
    .argument("<command...>")
    .action(async (command: string[]) => {
        const { leave, dispose } = secondInterrupt(interrupt.signal);
        process.exitCode = await runCommandJob(
            { stack: "dev", settings, args: command, image, root: repositoryRoot, leave },
            {
                stdout: process.stdout,
                stderr: process.stderr,
                env: process.env,
                signal: interrupt.signal,
                isInteractive: false,
                exit: () => undefined,
            },
        );
        dispose();
    })
    .parseAsync(args, { from: "user" })
    .catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
    });
