import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;

/** Prints the shapes of VGG features of a black picture, and of their Gram matrices. */
public final class Features {
    public static void main(String[] arguments) {
        Backend backend = Backends.standard();
        VggVariant variant = VggVariant.torchvision19().firstBlocks(3);
        // With weights from a file: Vgg.load(backend, Path.of("vgg19.safetensors")).
        try (Model<Vgg> vgg = Model.fresh(backend, 42, p -> new Vgg(p, variant));
                Scope scope = Scope.open()) {
            Image picture = Image.of(64, 48, new float[3 * 64 * 48]);
            vgg.net().features(picture.tensor(backend), "relu1_1", "relu3_1").forEach((name, map) ->
                    System.out.println(name + " " + map.shape() + ", Gram matrix " + map.gram().shape()));
        }
    }
}
