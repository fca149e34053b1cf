package org.impasto.core;

import java.util.ArrayList;
import java.util.List;

/** The guided filter made of box means, for tapes; in float64, as covariances are small differences of large means. */
final class UnfusedGuidedFilter {
    private UnfusedGuidedFilter() {}

    static Tensor of(Filtering.GuidedFilter filter, Tensor guide, Tensor picture) {
        return Scope.keeping(() -> {
            Tensor p = picture.to(ElementType.FLOAT64);
            Tensor meanOfP = mean(filter, p);
            int channels = guide.shape().intSize(1);
            List<Tensor> guides = new ArrayList<>();
            List<Tensor> means = new ArrayList<>();
            List<Tensor> withP = new ArrayList<>(); // covariances of the guide's channels with the picture
            for (int i = 0; i < channels; i++) {
                Tensor channel = guide.slice(1, i, 1).to(ElementType.FLOAT64);
                Tensor mean = mean(filter, channel);
                guides.add(channel);
                means.add(mean);
                withP.add(mean(filter, channel.mul(p)).sub(mean.mul(meanOfP)));
            }
            Tensor[][] covariance = new Tensor[channels][channels];
            for (int i = 0; i < channels; i++) {
                for (int j = 0; j <= i; j++) {
                    Tensor product = mean(filter, guides.get(i).mul(guides.get(j)));
                    covariance[i][j] = product.sub(means.get(i).mul(means.get(j)));
                }
                covariance[i][i] = covariance[i][i].affine(1, filter.regularization());
            }
            Tensor[] slopes = solved(covariance, withP);
            Tensor shift = meanOfP;
            for (int i = 0; i < channels; i++) {
                shift = shift.sub(slopes[i].mul(means.get(i)));
            }
            Tensor result = mean(filter, shift);
            for (int i = 0; i < channels; i++) {
                result = result.add(mean(filter, slopes[i]).mul(guides.get(i)));
            }
            return result.to(picture.type());
        });
    }

    private static Tensor mean(Filtering.GuidedFilter filter, Tensor x) {
        return x.boxMean(filter.radius(), filter.border());
    }

    /**
     * The solution of A x = b in every cell, by A = L D L^T.
     *
     * @param a entries of a symmetric positive definite matrix on and below its diagonal
     */
    private static Tensor[] solved(Tensor[][] a, List<Tensor> b) {
        int n = b.size();
        Tensor[][] scaled = new Tensor[n][n]; // entries of L times D
        Tensor[][] lower = new Tensor[n][n];
        Tensor[] x = new Tensor[n];
        for (int i = 0; i < n; i++) {
            x[i] = b.get(i);
            for (int j = 0; j <= i; j++) {
                scaled[i][j] = a[i][j];
                for (int k = 0; k < j; k++) {
                    scaled[i][j] = scaled[i][j].sub(lower[i][k].mul(scaled[j][k]));
                }
                if (j < i) {
                    lower[i][j] = scaled[i][j].div(scaled[j][j]);
                    x[i] = x[i].sub(lower[i][j].mul(x[j]));
                }
            }
        }
        for (int i = n - 1; i >= 0; i--) {
            x[i] = x[i].div(scaled[i][i]);
            for (int k = i + 1; k < n; k++) {
                x[i] = x[i].sub(lower[k][i].mul(x[k]));
            }
        }
        return x;
    }
}
