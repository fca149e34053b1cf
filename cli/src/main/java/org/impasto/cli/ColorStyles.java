package org.impasto.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.impasto.core.image.Image;
import org.impasto.nn.style.ColorTransfer;

/** Colours of one or several pictures; several are mixed pixel by pixel, in the shares of a StyleMix. */
final class ColorStyles implements Styles {
    private final List<ColorTransfer> transfers;
    private final List<Double> weights;
    private final double strength;

    ColorStyles(List<Image> styles, List<Double> weights, double strength) {
        this.transfers = styles.stream().map(ColorTransfer::of).toList();
        this.weights = weights;
        this.strength = strength;
    }

    @Override
    public Image applied(Image content, List<Image> masks) {
        if (transfers.size() == 1 && masks.isEmpty()) {
            return transfers.get(0).apply(content, strength);
        }
        float[] total = new float[content.width() * content.height()];
        float[] covered = new float[total.length];
        List<float[]> shares = new ArrayList<>();
        // Against the largest, for in float32 all of them may be 0.
        double largest = Collections.max(weights);
        for (int i = 0; i < transfers.size(); i++) {
            float[] mask = masks.isEmpty() ? null : Masks.brightness(masks.get(i), content);
            float[] share = new float[total.length];
            float weight = (float) (weights.get(i) / largest);
            for (int p = 0; p < share.length; p++) {
                float m = mask == null ? 1 : mask[p];
                share[p] = weight * m;
                total[p] += share[p];
                covered[p] += weight > 0 ? m : 0;
            }
            shares.add(share);
        }
        float[] original = content.pixels();
        float[] pixels = original.clone();
        for (int i = 0; i < transfers.size(); i++) {
            float[] styled = transfers.get(i).apply(content, strength).pixels();
            for (int c = 0; c < 3; c++) {
                int plane = c * total.length;
                for (int p = 0; p < total.length; p++) {
                    if (total[p] > 0) {
                        float share = Math.min(1, covered[p]) * shares.get(i)[p] / total[p];
                        pixels[plane + p] += share * (styled[plane + p] - original[plane + p]);
                    }
                }
            }
        }
        return Image.owning(content.width(), content.height(), pixels, content.alpha());
    }

    @Override
    public void close() {}
}
