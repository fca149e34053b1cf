package org.impasto.testing;

import java.util.stream.Stream;
import org.impasto.testing.rules.BackendRule;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class BackendRulesTest {
    @TestFactory
    Stream<DynamicTest> theReferenceBackendKeepsTheRules() {
        return BackendRule.all().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.name(), () -> rule.check(new ReferenceBackend())));
    }
}
