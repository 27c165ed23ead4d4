// Ends the output of the tests with the line that scripts/test counts by.

export default class CountingReporter {
    onTestRunEnd(modules, errors) {
        const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
        // A file that could not be loaded has no tests.
        const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
        const failed = states.filter((state) => state === 'failed').length + broken;
        console.log(`\n${states.filter((state) => state === 'passed').length} passed, ${failed} failed`);
    }
}
