package org.impasto.nn.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.impasto.core.FileFailure;
import org.impasto.core.ImageException;
import org.impasto.core.image.Image;
import org.jspecify.annotations.Nullable;

/**
 * The PNG and JPEG files of a folder, by their endings, in the order of their names. Names that begin with a dot are left
 * out. A file that cannot be read is an error, or is skipped: then the next one of the order that can be read stands in
 * for it, so what is read at a place still depends on the files alone. May be read by several threads.
 */
public final class PictureFolder {
    private static final Set<String> ENDINGS = Set.of(".png", ".jpg", ".jpeg");

    private final Path folder;
    private final List<Path> files;
    private final @Nullable Consumer<String> skipped;
    private final double narrowest;
    private final Set<Integer> broken = ConcurrentHashMap.newKeySet();

    private PictureFolder(Path folder, List<Path> files, @Nullable Consumer<String> skipped, double narrowest) {
        this.folder = folder;
        this.files = files;
        this.skipped = skipped;
        this.narrowest = narrowest;
    }

    /**
     * The pictures in a folder, not in those below it. A file that cannot be read will be an error.
     *
     * @throws ImageException if there is no such folder, or no picture in it
     */
    public static PictureFolder of(Path folder) {
        return of(folder, 1);
    }

    /** The pictures in a folder and in all folders below it; links to folders are not followed. */
    public static PictureFolder withSubfolders(Path folder) {
        return of(folder, Integer.MAX_VALUE);
    }

    private static PictureFolder of(Path folder, int depth) {
        if (!Files.isDirectory(folder)) {
            throw new ImageException(folder + ": " + (Files.exists(folder) ? "is no folder" : "no such folder")
                    + ", expected a folder of pictures");
        }
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder.toRealPath(), depth)) {
            Path root = folder.toRealPath();
            files = found.filter(file -> isPicture(root.relativize(file)) && Files.isRegularFile(file))
                    .sorted(Comparator.comparing(file -> name(root.relativize(file))))
                    .map(file -> folder.resolve(root.relativize(file)))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ImageException(folder + ": cannot be listed: " + FileFailure.reason(e), e);
        }
        if (files.isEmpty()) {
            throw new ImageException(folder + ": holds no pictures, expected files that end with .png, .jpg or .jpeg");
        }
        return new PictureFolder(folder, files, null, Double.POSITIVE_INFINITY);
    }

    private static boolean isPicture(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        String name = relative.toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 && ENDINGS.contains(name.substring(dot).toLowerCase(Locale.ROOT));
    }

    /** The same on every system, so that the order is. */
    private static String name(Path relative) {
        return relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
    }

    /**
     * These pictures without those that cannot be read.
     *
     * @param report is told about each such file once, when it is met: its name and what is wrong; by any thread
     */
    public PictureFolder skippingBroken(Consumer<String> report) {
        return new PictureFolder(folder, files, report, narrowest);
    }

    /**
     * These pictures, of which narrow ones count as files that cannot be read: resized by their shorter side they would be
     * huge.
     *
     * @param most how many times as long as the shorter side the longer one may be
     */
    public PictureFolder withoutNarrow(double most) {
        if (!(most >= 1)) {
            throw new IllegalArgumentException("longer sides of at most " + most + " shorter ones, expected 1 or more");
        }
        return new PictureFolder(folder, files, skipped, most);
    }

    /** Number of files, broken ones among them. */
    public int size() {
        return files.size();
    }

    /** The files in their order. */
    public List<Path> files() {
        return files;
    }

    /**
     * The picture at a place of the order, on white where it is transparent; if broken files are skipped, the next one
     * that is not broken.
     *
     * @throws ImageException that names the file, if it cannot be read and is not skipped, or if all are broken
     */
    public Image read(int place) {
        if (skipped == null) {
            return decoded(files.get(place));
        }
        String last = "";
        for (int i = 0; i < files.size(); i++) {
            int next = (place + i) % files.size();
            if (broken.contains(next)) {
                continue;
            }
            try {
                return decoded(files.get(next));
            } catch (ImageException e) {
                last = "; the last: " + e.getMessage();
                if (broken.add(next)) {
                    skipped.accept(e.getMessage());
                }
            }
        }
        throw new ImageException(folder + ": none of its " + files.size() + " pictures can be used" + last);
    }

    /** Which file was read at a place: another one where that of the place is broken. */
    public Path fileRead(int place) {
        int next = place;
        while (broken.contains(next) && (next + 1) % files.size() != place) {
            next = (next + 1) % files.size();
        }
        return files.get(next);
    }

    private Image decoded(Path file) {
        try {
            Image picture = Image.read(file);
            int shorter = Math.min(picture.width(), picture.height());
            if (Math.max(picture.width(), picture.height()) > narrowest * shorter) {
                throw new ImageException(file + ": is " + picture.width() + "x" + picture.height()
                        + " pixels, expected a longer side of at most " + (float) narrowest
                        + " times the shorter one; cut a part out of it");
            }
            return picture.withAlphaFlattened(1, 1, 1);
        } catch (ImageException e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains(file.toString()) ? e : new ImageException(file + ": " + message, e);
        }
    }

    @Override
    public String toString() {
        return files.size() + " pictures of " + folder;
    }
}
