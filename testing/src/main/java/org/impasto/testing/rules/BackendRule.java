package org.impasto.testing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Storage;

/**
 * One rule as a check.
 *
 * @param name the rule, in a few words
 */
public record BackendRule(String name, Body body) {
    /** The check of a rule. */
    @FunctionalInterface
    public interface Body {
        /** Ends in an error if the backend breaks the rule. */
        void check(Backend backend) throws Exception;
    }

    /** All rules. */
    public static List<BackendRule> all() {
        List<BackendRule> all = new ArrayList<>();
        all.addAll(DispatchRules.all());
        all.addAll(ScopeRules.all());
        all.addAll(TapeRules.all());
        all.addAll(CustomRules.all());
        all.addAll(ParameterRules.all());
        all.addAll(RunRules.all());
        return all;
    }

    /** Checks the rule, and that nothing is held afterwards that was not held before. */
    public void check(Backend backend) throws Exception {
        long live = Storage.live();
        body.check(backend);
        assertThat(Storage.live()).as("storages held after '" + name + "'").isEqualTo(live);
    }

    @Override
    public String toString() {
        return name;
    }
}
