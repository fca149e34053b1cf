/**
 * The VGG family: feature networks after Simonyan and Zisserman ("Very deep convolutional networks for large-scale image
 * recognition", 2015), their decoders, and the style map made from them. Pictures N x 3 x H x W in [0, 1] enter; feature
 * maps by name leave, or pictures again.
 */
@NullMarked
package org.impasto.nn.vgg;

import org.jspecify.annotations.NullMarked;
