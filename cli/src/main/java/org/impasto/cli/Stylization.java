package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.impasto.core.image.Image;

/**
 * What {@code stylize} does to each content, with styles that were prepared once.
 *
 * @param method named beside the progress
 * @param pictures the styles themselves, for comparisons
 * @param masks none, or one a style
 * @param shares of the stylized picture in red, green and blue
 * @param fit brings contents to the size to work in
 * @param compare whether content, styles and result are also written side by side
 */
record Stylization(
        Method method,
        Styles styles,
        List<Image> pictures,
        List<Image> masks,
        List<Double> shares,
        UnaryOperator<Image> fit,
        boolean compare) {

    /** Stylizes a file. */
    void apply(Job job, Path file, Path place) {
        job.stage("reading", 0, 0.05);
        ContentPicture content = ContentPicture.read(file, place, fit);
        job.stage(method.toString(), 0.05, 0.9);
        Image result = content.result(styles.applied(content.visible(), masks), shares);
        job.stage("writing", 0.9, 1);
        job.write(place, path -> result.write(path, content.options()));
        if (compare) {
            List<Image> row = new ArrayList<>();
            row.add(content.picture());
            row.addAll(pictures);
            row.add(result);
            job.write(SideBySide.place(place), path -> SideBySide.of(row).write(path));
        }
    }
}
