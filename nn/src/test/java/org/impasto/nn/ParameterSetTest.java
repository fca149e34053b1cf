package org.impasto.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.impasto.core.Backends;
import org.impasto.core.Parameter;
import org.junit.jupiter.api.Test;

class ParameterSetTest {
    @Test
    void freezesWhatItsPrefixNames() {
        try (Model<Linear> model = Model.fresh(Backends.standard(), 1, p -> new Linear(p.in("head"), 2, 2))) {
            model.weights().setTrainable("head.w", false);
            assertThat(model.weights().all())
                    .filteredOn(Parameter::isTrainable)
                    .extracting(Parameter::path)
                    .containsExactly("head.bias");
            model.weights().setTrainable("", true);
            assertThat(model.weights().all()).allMatch(Parameter::isTrainable);
        }
    }

    @Test
    void aPrefixOfNothingIsRefused() {
        try (Model<Linear> model = Model.fresh(Backends.standard(), 1, p -> new Linear(p.in("head"), 2, 2))) {
            assertThatThrownBy(() -> model.weights().setTrainable("haed", false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'haed'", "head.weight");
        }
    }
}
