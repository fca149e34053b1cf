package org.impasto.nn.data;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.ImageException;
import org.impasto.core.image.Image;

/**
 * The pictures of a folder, shuffled anew each epoch, some of them for each step, and changed at random: a function of
 * seed and step. Epochs follow each other without a gap, so every step gets as many.
 */
public final class AugmentedPictures implements Batches<List<Image>> {
    private final PictureFolder folder;
    private final int count;
    private final Augmentation augmentation;
    private final long seed;
    private final String role;
    private final ShuffledOrder order;

    /**
     * Pictures of a folder.
     *
     * @param count pictures for each step
     * @param role what they are used for; folders of different roles are shuffled and changed independently of each other
     */
    public AugmentedPictures(PictureFolder folder, String role, int count, Augmentation augmentation, long seed) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " pictures for each step, expected 1 or more");
        }
        this.folder = folder;
        this.count = count;
        this.augmentation = augmentation;
        this.seed = seed;
        this.role = role;
        this.order = new ShuffledOrder(folder.size(), seed, role + " order");
    }

    @Override
    public List<Image> at(long step) {
        if (step < 0) {
            throw new IllegalArgumentException("step " + step + ", expected 0 or more");
        }
        List<Image> pictures = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long position = Math.addExact(Math.multiplyExact(step, (long) count), i);
            int place = order.at(position);
            Image picture = folder.read(place);
            try {
                pictures.add(augmentation.apply(picture, RandomNumbers.of(seed, role + " augmentation", position)));
            } catch (ImageException e) {
                throw new ImageException(folder.fileRead(place) + ": " + e.getMessage(), e);
            }
        }
        return pictures;
    }

    /** Steps until each picture was met once; the last of them may begin the next epoch. */
    public long stepsPerEpoch() {
        return ((long) folder.size() + count - 1) / count;
    }
}
