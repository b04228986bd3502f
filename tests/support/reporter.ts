import mocha from "mocha";

/**
 * Mocha's own report with the closing line that every suite of this project ends with, which
 * `make test` sums up. Tests pass in silence except for slow suites, where each is a sign of life.
 */
class ClosingLineReporter extends mocha.reporters.Spec {
    constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
        super(runner, options);
        runner.once(mocha.Runner.constants.EVENT_RUN_END, () => {
            const { passes, failures, pending } = this.stats;
            process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
        });
    }
}

export = ClosingLineReporter;
