import { spawn, type ChildProcess } from "node:child_process";
import { processStartTime } from "./procfs";

/*
 * Reads "add <pid> <start time>" and "del <pid>" and, when its input ends, kills the remaining process
 * groups and removes the folder. The kernel ends the input when the parent dies, whatever killed it.
 * A process is killed only if it still has the recorded start time: a process id that the kernel has
 * given to another process is left alone.
 */
const SCRIPT = String.raw`
trap '' INT TERM HUP QUIT
dir=$1
list=
while read -r verb pid start; do
    case $verb in
    add) list="$list $pid:$start" ;;
    del)
        kept=
        for entry in $list; do
            [ "\${entry%%:*}" = "$pid" ] || kept="$kept $entry"
        done
        list=$kept
        ;;
    esac
done
for entry in $list; do
    pid=\${entry%%:*}
    start=\${entry#*:}
    now=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d ' ' -f 20)
    if [ "$start" = - ] || [ "$start" = "$now" ]; then
        kill -KILL "-$pid" 2>/dev/null
    fi
done
tries=0
while [ -e "$dir" ] && [ "$tries" -lt 100 ]; do
    rm -rf -- "$dir" 2>/dev/null
    [ -e "$dir" ] && sleep 0.1
    tries=$((tries + 1))
done
`.replaceAll("\\$", "$");

/** A helper process that cleans up after this one, even after SIGKILL. */
export class Watchdog {
    private readonly child: ChildProcess;
    private readonly ended: Promise<void>;

    /** @param folder removed together with the processes; it need not exist yet */
    constructor(folder: string) {
        this.child = spawn("/bin/sh", ["-c", SCRIPT, "watchdog", folder], {
            stdio: ["pipe", "ignore", "ignore"],
            // Its own session: Ctrl-C in the terminal must not reach it.
            detached: true,
            cwd: "/",
        });
        this.child.stdin?.on("error", () => undefined);
        this.ended = new Promise((resolve) => {
            this.child.once("exit", () => {
                resolve();
            });
            this.child.once("error", () => {
                resolve();
            });
        });
    }

    /** Registers the leader of a process group; returns once the watchdog is certain to receive it. */
    async add(pid: number): Promise<void> {
        await this.write(`add ${pid} ${processStartTime(pid)}\n`);
    }

    /** Removes a process that has ended. */
    remove(pid: number): void {
        this.child.stdin?.write(`del ${pid}\n`, () => undefined);
    }

    /** Triggers the clean-up as the death of this process would, and waits for its end. */
    async close(): Promise<void> {
        this.child.stdin?.end();
        await this.ended;
    }

    private async write(line: string): Promise<void> {
        await new Promise<void>((resolve, reject) => {
            this.child.stdin?.write(line, (error) => {
                if (error) {
                    reject(new Error(`the lab's watchdog has died: ${error.message}`));
                } else {
                    resolve();
                }
            });
        });
    }
}
