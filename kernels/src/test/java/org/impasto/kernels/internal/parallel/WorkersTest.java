package org.impasto.kernels.internal.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.impasto.core.Run;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void eachPieceIsComputedOnce() {
        for (int count = 1; count <= 4; count++) {
            for (int pieces : new int[] {0, 1, 2, 3, 7, 64, 1000}) {
                for (int repeat = 0; repeat < 20; repeat++) {
                    assertComputedOnce(threads, count, pieces);
                }
            }
        }
    }

    @Test
    void theCallerDoesWhatNobodyElseBegins() {
        assertComputedOnce(work -> {}, 3, 100);
        assertComputedOnce(Runnable::run, 3, 100);
    }

    private static void assertComputedOnce(Executor executor, int count, int pieces) {
        AtomicIntegerArray computed = new AtomicIntegerArray(pieces);
        AtomicInteger strangers = new AtomicInteger();
        new Workers(executor, count).run(pieces, Run.inference(), (piece, worker) -> {
            computed.incrementAndGet(piece);
            if (worker < 0 || worker >= count) {
                strangers.incrementAndGet();
            }
        });
        for (int piece = 0; piece < pieces; piece++) {
            assertThat(computed.get(piece)).as("piece %d of %d", piece, pieces).isEqualTo(1);
        }
        assertThat(strangers).hasValue(0);
    }

    @Test
    void evenPiecesAreSharedEvenlyWhereThereAreEnough() {
        Workers three = new Workers(Runnable::run, 3);
        assertThat(three.evenPieces(0, 6)).isZero();
        assertThat(three.evenPieces(6, 6)).isEqualTo(1);
        assertThat(three.evenPieces(7, 6)).isEqualTo(3);
        assertThat(three.evenPieces(24, 6)).isEqualTo(6);
        assertThat(three.evenPieces(2, 1)).isEqualTo(2);
        assertThat(three.evenPieces(Integer.MAX_VALUE, 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(new Workers(Runnable::run, 1).evenPieces(24, 6)).isEqualTo(4);
    }

    @Test
    void aFailureEndsTheCall() {
        for (int failing : new int[] {0, 50, 99}) {
            AtomicInteger begun = new AtomicInteger();
            assertThatThrownBy(() -> new Workers(threads, 3).run(100, Run.inference(), (piece, worker) -> {
                        begun.incrementAndGet();
                        if (piece == failing) {
                            throw new IllegalStateException("piece " + piece);
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("piece " + failing);
            int atTheEnd = begun.get();
            assertThat(atTheEnd).isLessThanOrEqualTo(100);
            assertComputedOnce(threads, 3, 100);
            assertThat(begun).hasValue(atTheEnd);
        }
    }
}
