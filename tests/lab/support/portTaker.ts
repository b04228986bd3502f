/* Takes ports of a range and prints them as JSON, then waits for its end. Arguments: count, start, end. */
import { freePorts } from "../../../lab/process/ports";

const [count = 0, start = 0, end = 0] = process.argv.slice(2).map(Number);

void freePorts(count, { start, end }).then((ports) => {
    console.log(JSON.stringify(ports));
    process.stdin.resume();
});
