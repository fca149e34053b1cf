package org.impasto.nn.data;

/**
 * An endless sequence of the numbers 0 to n - 1: each n of them, an epoch, are all numbers in a random order of their own.
 * Any place of the sequence can be asked for at any time, by any thread.
 */
final class ShuffledOrder {
    private final int size;
    private final long seed;
    private final String purpose;
    /** Orders of an even and of an odd epoch: steps that are computed at the same time lie in two at most. */
    private final long[] epochs = {-1, -1};

    private final int[][] orders = new int[2][0];

    ShuffledOrder(int size, long seed, String purpose) {
        this.size = size;
        this.seed = seed;
        this.purpose = purpose;
    }

    synchronized int at(long position) {
        long epoch = position / size;
        int kept = (int) (epoch & 1);
        if (epochs[kept] != epoch) {
            orders[kept] = shuffled(epoch);
            epochs[kept] = epoch;
        }
        return orders[kept][(int) (position % size)];
    }

    /** Fisher and Yates. */
    private int[] shuffled(long epoch) {
        RandomNumbers numbers = RandomNumbers.of(seed, purpose, epoch);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int other = numbers.below(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
