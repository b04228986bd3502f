import type { MissingRight } from "../../support/missingRights";

/**
 * The rights that a suite takes away. `make test-all` sets the variable and takes away every one: some
 * forty mirrors and workers, which prove what Kafka does without a right. Otherwise a suite takes away
 * the first right of each state that MirrorMaker 2 ends in, and skips the others by name.
 */
export function selected(rights: readonly MissingRight[]): readonly MissingRight[] {
    return process.env.KAFKA_DR_TEST_ALL === "1"
        ? rights
        : rights.filter(
              (right, index) => rights.findIndex(({ state }) => state === right.state) === index,
          );
}
