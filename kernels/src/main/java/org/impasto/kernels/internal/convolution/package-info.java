/**
 * Convolutions of feature maps in plain arrays, whole layers with bias, relu and pooling fused.
 *
 * <p>A {@link org.impasto.kernels.internal.convolution.ConvolutionShape} and a {@link
 * org.impasto.kernels.internal.convolution.Fusion} give a {@link
 * org.impasto.kernels.internal.convolution.ConvolutionPlan}, which names the algorithm, the layouts of input and output
 * and the size of the prepared weights. {@link org.impasto.kernels.internal.convolution.Convolution#prepare} brings
 * weights into the algorithm's form, once; {@link org.impasto.kernels.internal.convolution.Convolution#run} computes.
 * Results are the same bits for any number of threads: pieces of work depend on the shape alone.
 *
 * <pre>{@code
 * ConvolutionPlan plan = ConvolutionPlan.of(ConvolutionShape.same(1, 64, 512, 512, 64, 3), Fusion.RELU, Precision.FAST);
 * PreparedWeights prepared = Convolution.prepare(plan, weights, workers, run);
 * float[] output = new float[plan.outputSize()];
 * Convolution.run(plan, input, prepared, bias, output, workers, run);
 * }</pre>
 *
 * <p>Inside, algorithms (blocking, edges, pieces) are written once over {@code Kernels}, the inner loops, of which each
 * provider has a form.
 */
@NullMarked
package org.impasto.kernels.internal.convolution;

import org.jspecify.annotations.NullMarked;
