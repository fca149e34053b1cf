package org.impasto.nn.style.photoreal;

import static org.impasto.nn.style.photoreal.DistilledEncoder.activated;
import static org.impasto.nn.style.photoreal.DistilledEncoder.chain;
import static org.impasto.nn.style.photoreal.DistilledEncoder.layer;

import java.util.List;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;
import org.impasto.nn.tiling.BilinearDoubling;
import org.impasto.nn.tiling.ReceptiveField;

/** A decoder of four blocks, each of which takes the details that the encoder's block of its level lost. */
final class DistilledDecoder {
    private final List<Block> blocks;
    private final List<ReceptiveField> fields;

    private DistilledDecoder(List<ReceptiveField> fields, Block... blocks) {
        this.blocks = List.of(blocks);
        this.fields = fields;
    }

    /** How far a block reaches over its level's features. */
    ReceptiveField field(int level) {
        return fields.get(level);
    }

    /** One block: some layers, the details added (or, for the picture, put beside), more layers. */
    private interface Block {
        Tensor forward(Tensor x, Tensor details);
    }

    /** What a block makes of its level's features: features of the level before, or the picture. */
    Tensor block(int level, Tensor x, Tensor details) {
        return blocks.get(level).forward(x, details);
    }

    /** The decoder that belongs to {@link DistilledEncoder#vgg}. */
    static DistilledDecoder vgg(Parameters p) {
        Parameters room = p.in("btnecks");
        Parameters deepest = room.in("3");
        ReceptiveField here = ReceptiveField.identity().same(3);
        ReceptiveField doubled = here.then(BilinearDoubling.FIELD).same(3);
        return new DistilledDecoder(
                List.of(here, doubled, doubled, doubled.same(3).same(3)),
                picture(room.in("0")),
                vggBlock(room.in("1"), 20, 10),
                vggBlock(room.in("2"), 58, 20),
                added(
                        chain(
                                activated(layer(deepest, 0), 64, 58),
                                BilinearDoubling::of,
                                activated(layer(deepest, 1), 58, 58),
                                activated(layer(deepest, 2), 58, 58)),
                        activated(layer(deepest, 3), 58, 58)));
    }

    private static Block vggBlock(Parameters p, int in, int out) {
        Layer before = chain(activated(layer(p, 0), in, out), BilinearDoubling::of);
        return added(before, activated(layer(p, 1), out, out));
    }

    /** The decoder that belongs to {@link DistilledEncoder#mobileNet}. */
    static DistilledDecoder mobileNet(Parameters p) {
        Parameters room = p.in("btnecks");
        Block picture = picture(room.in("0"));
        ReceptiveField doubled = BilinearDoubling.FIELD.same(3).same(3);
        return new DistilledDecoder(
                List.of(BilinearDoubling.FIELD.same(3), doubled, doubled, doubled),
                (x, details) -> picture.forward(BilinearDoubling.of(x), details),
                mobileNetBlock(room.in("1"), 19, 10),
                mobileNetBlock(room.in("2"), 37, 19),
                mobileNetBlock(room.in("3"), 54, 37));
    }

    private static Block mobileNetBlock(Parameters p, int in, int out) {
        Layer before = chain(BilinearDoubling::of, activated(layer(p, 0), in, out));
        return added(before, activated(layer(p, 1), out, out));
    }

    private static Block added(Layer before, Layer behind) {
        return (x, details) ->
                Scope.keeping(() -> behind.forward(before.forward(x).add(details)));
    }

    private static Block picture(Parameters p) {
        Conv2d convolution = Conv2d.same(layer(p, 0), 13, 3, 3, PaddingMode.REFLECT);
        return (x, details) -> Scope.keeping(() -> convolution.forward(Tensor.concat(1, List.of(x, details))));
    }
}
