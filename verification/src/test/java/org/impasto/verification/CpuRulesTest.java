package org.impasto.verification;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.testing.rules.BackendRule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The rules that every backend keeps, on every provider and vector width, with threads of its own and with lent ones. */
class CpuRulesTest {
    private static final ExecutorService LENT = Executors.newFixedThreadPool(2);

    @AfterAll
    static void endThreads() {
        LENT.shutdownNow();
    }

    @TestFactory
    Stream<DynamicTest> rulesAreKept() {
        return CpuVariant.all().stream()
                .flatMap(variant -> Stream.of(
                                BackendOptions.cpu().withThreads(1),
                                BackendOptions.cpu().withThreads(3),
                                BackendOptions.cpu().withThreads(3).withExecutor(LENT))
                        .flatMap(options -> rules(variant, options)));
    }

    private static Stream<DynamicTest> rules(CpuVariant variant, BackendOptions options) {
        Backend backend = variant.open(options);
        String threads = options.threads() + (options.executor() == null ? " threads" : " threads, some lent");
        return BackendRule.all().stream()
                .map(rule ->
                        DynamicTest.dynamicTest(variant + ", " + threads + ": " + rule, () -> rule.check(backend)));
    }
}
