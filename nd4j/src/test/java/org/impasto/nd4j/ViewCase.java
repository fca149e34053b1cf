package org.impasto.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** One way in which an array of a given rank can lie in a buffer. */
record ViewCase(int rank, char order, View view) {
    /** An array and the one that owns all of its memory. */
    record Made(INDArray array, INDArray owner) {}

    enum View {
        FULL {
            @Override
            Made make(DataType type, char order, long[] shape) {
                INDArray owner = Nd4j.create(type, shape, order);
                return new Made(owner, owner);
            }
        },
        OUTER_SLICE {
            @Override
            Made make(DataType type, char order, long[] shape) {
                INDArray owner = Nd4j.create(type, joined(new long[] {3}, shape), order);
                INDArrayIndex[] indices = all(shape.length + 1);
                indices[0] = NDArrayIndex.point(1);
                return new Made(owner.get(indices), owner);
            }
        },
        INNER_SLICE {
            @Override
            Made make(DataType type, char order, long[] shape) {
                INDArray owner = Nd4j.create(type, joined(shape, new long[] {3}), order);
                INDArrayIndex[] indices = all(shape.length + 1);
                indices[shape.length] = NDArrayIndex.point(2);
                return new Made(owner.get(indices), owner);
            }
        },
        INTERVAL {
            @Override
            Made make(DataType type, char order, long[] shape) {
                INDArray owner =
                        Nd4j.create(type, LongStream.of(shape).map(n -> n + 3).toArray(), order);
                return new Made(owner.get(interval(1, 1, shape)), owner);
            }
        },
        STRIDED_INTERVAL {
            @Override
            Made make(DataType type, char order, long[] shape) {
                INDArray owner = Nd4j.create(
                        type, LongStream.of(shape).map(n -> 2 * n + 1).toArray(), order);
                return new Made(owner.get(interval(1, 2, shape)), owner);
            }
        },
        REVERSED_AXES {
            @Override
            Made make(DataType type, char order, long[] shape) {
                int[] axes = new int[shape.length];
                Arrays.setAll(axes, i -> shape.length - 1 - i);
                return permuted(type, order, shape, axes);
            }
        },
        ROTATED_AXES {
            @Override
            Made make(DataType type, char order, long[] shape) {
                int[] axes = new int[shape.length];
                Arrays.setAll(axes, i -> (i + 1) % shape.length);
                return permuted(type, order, shape, axes);
            }
        },
        PERMUTED_INTERVAL_OF_SLICE {
            @Override
            Made make(DataType type, char order, long[] shape) {
                long[] turned = reversed(shape);
                INDArray owner = Nd4j.create(
                        type,
                        joined(
                                new long[] {3},
                                LongStream.of(turned).map(n -> n + 2).toArray()),
                        order);
                INDArrayIndex[] slice = all(shape.length + 1);
                slice[0] = NDArrayIndex.point(2);
                int[] axes = new int[shape.length];
                Arrays.setAll(axes, i -> shape.length - 1 - i);
                return new Made(owner.get(slice).get(interval(1, 1, turned)).permute(axes), owner);
            }
        },
        LENGTH_ONE_AXES {
            @Override
            Made make(DataType type, char order, long[] shape) {
                long[] flat = shape.clone();
                flat[0] = 1;
                flat[shape.length - 1] = 1;
                INDArray owner =
                        Nd4j.create(type, LongStream.of(flat).map(n -> n + 2).toArray(), order);
                return new Made(owner.get(interval(1, 1, flat)), owner);
            }
        },
        BROADCAST_OUTER {
            @Override
            Made make(DataType type, char order, long[] shape) {
                return broadcast(type, order, shape, 0);
            }
        },
        BROADCAST_INNER {
            @Override
            Made make(DataType type, char order, long[] shape) {
                return broadcast(type, order, shape, shape.length - 1);
            }
        };

        abstract Made make(DataType type, char order, long[] shape);

        boolean isBroadcast() {
            return this == BROADCAST_OUTER || this == BROADCAST_INNER;
        }

        private static Made permuted(DataType type, char order, long[] shape, int[] axes) {
            long[] before = new long[shape.length];
            for (int i = 0; i < axes.length; i++) {
                before[axes[i]] = shape[i];
            }
            INDArray owner = Nd4j.create(type, before, order);
            return new Made(owner.permute(axes), owner);
        }

        private static Made broadcast(DataType type, char order, long[] shape, int axis) {
            long[] single = shape.clone();
            single[axis] = 1;
            INDArray owner = Nd4j.create(type, single, order);
            long[] strides = owner.stride().clone();
            strides[axis] = 0;
            return new Made(Nd4j.create(owner.data(), shape, strides, 0, order, type), owner);
        }

        private static INDArrayIndex[] all(int rank) {
            INDArrayIndex[] indices = new INDArrayIndex[rank];
            Arrays.fill(indices, NDArrayIndex.all());
            return indices;
        }

        private static INDArrayIndex[] interval(long start, long step, long[] sizes) {
            INDArrayIndex[] indices = new INDArrayIndex[sizes.length];
            Arrays.setAll(indices, i -> NDArrayIndex.interval(start, step, start + step * (sizes[i] - 1) + 1));
            return indices;
        }

        private static long[] joined(long[] a, long[] b) {
            return LongStream.concat(LongStream.of(a), LongStream.of(b)).toArray();
        }

        private static long[] reversed(long[] sizes) {
            long[] turned = new long[sizes.length];
            Arrays.setAll(turned, i -> sizes[sizes.length - 1 - i]);
            return turned;
        }
    }

    static Stream<ViewCase> all() {
        List<ViewCase> cases = new ArrayList<>();
        for (int rank = 0; rank <= 5; rank++) {
            for (char order : new char[] {'c', 'f'}) {
                for (View view : View.values()) {
                    if (rank > 0 || view == View.FULL || view == View.OUTER_SLICE) {
                        cases.add(new ViewCase(rank, order, view));
                    }
                }
            }
        }
        return cases.stream();
    }

    long[] shape() {
        long[] shape = Arrays.copyOf(new long[] {2, 3, 4, 5, 3}, rank);
        if (view == View.LENGTH_ONE_AXES) {
            shape[0] = 1;
            shape[rank - 1] = 1;
        }
        return shape;
    }

    Made make(DataType type) {
        return view.make(type, order, shape());
    }

    /** The indices of every element, the last axis fastest. */
    static List<long[]> indices(long[] shape) {
        List<long[]> indices = List.of(new long[0]);
        for (long size : shape) {
            List<long[]> longer = new ArrayList<>();
            for (long[] index : indices) {
                for (long i = 0; i < size; i++) {
                    long[] next = Arrays.copyOf(index, index.length + 1);
                    next[index.length] = i;
                    longer.add(next);
                }
            }
            indices = longer;
        }
        return indices;
    }

    static double element(INDArray array, long[] index) {
        return index.length == 0 ? array.getDouble(0) : array.getDouble(index);
    }
}
