package org.impasto.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** VGG-19 up to a pool, in torchvision's numbering: {@code features.N.weight} of shape (out, in, 3, 3). */
final class Vgg19Layout {
    private static final int[] CONVOLUTIONS = {2, 2, 4, 4, 4};
    private static final int[] CHANNELS = {64, 128, 256, 512, 512};

    private Vgg19Layout() {}

    /** A convolution with bias and ReLU, called {@code name} after its ReLU ("relu1_1"). */
    record Convolution(String name, int index, int block, int in, int out, boolean poolAfter) {
        String weight() {
            return "features." + index + ".weight";
        }

        String bias() {
            return "features." + index + ".bias";
        }

        String pool() {
            return "pool" + block;
        }
    }

    /** All sixteen convolutions. */
    static List<Convolution> convolutions() {
        List<Convolution> all = new ArrayList<>();
        int index = 0;
        int in = 3;
        for (int block = 0; block < CONVOLUTIONS.length; block++) {
            for (int i = 1; i <= CONVOLUTIONS[block]; i++) {
                boolean last = i == CONVOLUTIONS[block];
                all.add(new Convolution("relu" + (block + 1) + "_" + i, index, block + 1, in, CHANNELS[block], last));
                index += 2;
                in = CHANNELS[block];
            }
            index++;
        }
        return all;
    }

    /** The convolutions up to the deepest of the outputs. */
    static List<Convolution> convolutions(List<String> outputs) {
        List<Convolution> all = convolutions();
        int last = -1;
        for (int i = 0; i < all.size(); i++) {
            if (outputs.contains(all.get(i).name())
                    || all.get(i).poolAfter() && outputs.contains(all.get(i).pool())) {
                last = i;
            }
        }
        return all.subList(0, last + 1);
    }

    static double flops(int batch, int height, int width, List<String> outputs) {
        double sum = 0;
        int h = height;
        int w = width;
        for (Convolution convolution : convolutions(outputs)) {
            sum += 2.0 * 9 * convolution.in() * convolution.out() * batch * h * w;
            if (convolution.poolAfter()) {
                h /= 2;
                w /= 2;
            }
        }
        return sum;
    }
}
