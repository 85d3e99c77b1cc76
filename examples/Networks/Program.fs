/// Networks from the literature, each in a small file, with its number of parameters; and small versions of them, trained in seconds.
module Adjoint.Examples.Networks.Program

open Adjoint
open Adjoint.Core
open Adjoint.Nn

let private key number = Random.key 1 |> Random.foldIn number

/// Names, parameters, and where the number is found. Models of this size are described here, never computed.
let counts: (string * int) list =
    let size (model: 'P) = Structure.size model

    [
        "LeNet-5", size (LeNet.create (key 0): LeNet<float32>)
        "784-512-512-10", size (Perceptron.create [ 784; 512; 512; 10 ] (key 0): Perceptron<float32>)
        "ResNet-20", size (ResNet.small 3 [ 16; 32; 64 ] 3 10 (key 0): ResNet<float32>)
        "ResNet-56", size (ResNet.small 9 [ 16; 32; 64 ] 3 10 (key 0): ResNet<float32>)
        "ResNet-18", size (ResNet.eighteen [ 64; 128; 256; 512 ] 1000 (key 0): ResNet<float32>)
        "VGG-16", size (Vgg.create Vgg.sixteen 224 4096 1000 (key 0): Vgg<float32>)
        "MobileNetV2", size (MobileNet.create 32 MobileNet.v2 1280 1000 (key 0): MobileNet<float32>)
        "U-Net", size (UNet.create [ 64; 128; 256; 512; 1024 ] 1 1 (key 0): UNet<float32>)
        "BERT base's layer", size (TransformerLayer.create 768 3072 (key 0): TransformerLayer<float32>)
        "GPT-2 small", size (Gpt.create 50257 1024 768 12 (key 0): Gpt<float32>)
        "GRU 28-128", size (Gru.init 28 128 (key 0): Gru<float32>)
        "LSTM 28-128", size (Lstm.init 28 128 (key 0): Lstm<float32>)
    ]

/// Rows of images as a sequence: [n, 1, 8, 8] to [8, n, 8].
let private rows (images: Tensor<'T>) =
    images |> Tensor.squeezeAxis 1 |> Tensor.swapAxes 0 1

/// Accuracies of small versions on digits that they have not seen.
let accuracies () =
    let images, labels = Data.digits 1797
    let seen, fresh = (images[..1499], labels[..1499]), (images[1500..], labels[1500..])
    let large (images, labels) = Data.enlarged images, labels

    let adam rate steps =
        Optim.adam rate |> Optim.scheduled (Schedule.warmupCosine 20 steps)

    let plain rate steps logits examples held model =
        let trained = Training.fit steps 64 (adam rate steps) logits examples model
        Training.accuracy (logits trained) held

    let normed rate steps logits model =
        let trained, running = Training.fitNormed steps 64 (adam rate steps) logits seen model
        Training.accuracy (logits (BatchNorms.Inference running) trained) fresh

    [
        "784-512-512-10",
        plain
            3e-3
            100
            (fun model -> Tensor.flattenFrom 1 >> Perceptron.logits model)
            (large seen)
            (large fresh)
            (Perceptron.create [ 784; 512; 512; 10 ] (key 1))
        "LeNet-5", plain 3e-3 150 LeNet.logits (large seen) (large fresh) (LeNet.create (key 2))
        "residual network", normed 3e-3 150 ResNet.logits (ResNet.small 1 [ 8; 16; 32 ] 1 10 (key 3))
        "gated recurrent units",
        plain 1e-2 300 (fun model -> rows >> GruClassifier.logits model) seen fresh (GruClassifier.create 8 48 10 (key 4))
        "long short-term memory",
        plain 1e-2 300 (fun model -> rows >> LstmClassifier.logits model) seen fresh (LstmClassifier.create 8 48 10 (key 5))
        "transformer encoder",
        plain 3e-3 200 (fun model -> Tensor.squeezeAxis 1 >> Encoder.logits 4 None model) seen fresh (Encoder.create 8 32 64 2 10 (key 6))
    ]

/// A network 784-32-10 with weights and activations in bf16, beside one in f32: accuracies on digits that they have not seen. The weights
/// that are updated stay in f32; products of bf16 are summed in f32; the loss is in f32.
let mixedPrecision () =
    let images, labels = Data.digits 1797
    let images = Data.enlarged images |> Tensor.flattenFrom 1
    let seen, fresh = (images[..1499], labels[..1499]), (images[1500..], labels[1500..])
    let like: Perceptron<BFloat16> = Perceptron.create [ 784; 32; 10 ] (key 2)

    let narrow (model: Perceptron<float32>) (images: Tensor<float32>) : Tensor<float32> =
        Perceptron.logits (Structure.castAs like model) (Tensor.cast images)
        |> Tensor.cast

    let accuracy (logits: Perceptron<float32> -> Tensor<float32> -> Tensor<float32>) =
        let optimizer = Optim.adam 1e-2 |> Optim.scheduled (Schedule.warmupCosine 10 60)
        let trained = Training.fit 60 64 optimizer logits seen (Perceptron.create [ 784; 32; 10 ] (key 2))
        Training.accuracy (logits trained) fresh

    accuracy Perceptron.logits, accuracy narrow

/// A decoder that learns to count on by the step that it sees: the share of right symbols that the likeliest ones are, and of those
/// sampled from the three likeliest at half the temperature. Two symbols say how it goes on.
let counting () =
    let symbols, length, heads = 10, 12, 2
    let optimizer = Optim.adamW 0.01 3e-3 |> Optim.scheduled (Schedule.warmupCosine 20 300)

    let loss key () model =
        Gpt.loss heads (Data.counting symbols 64 length key) model, ()

    let model, () = Training.fitWith 300 optimizer loss (Gpt.create symbols length 32 2 (key 7), ())

    let truth = Data.counting symbols 200 length (key 8)

    let share choose =
        let found = compile (Gpt.continueWith heads choose length model) truth[*, ..1]
        let right: Tensor<float> = found[*, 2..] .= truth[*, 2..] |> Tensor.cast
        value (Tensor.mean right)

    let greedy _ logits : Tensor<int> = Tensor.argMax 1 logits |> Tensor.cast

    let sampled place logits =
        Gpt.sample 3 0.5 (Random.foldInTensor place (key 9)) logits

    share greedy, share sampled

/// How well a small U-Net finds discs under noise: intersection over union of what it marks and what is there.
let segmentation () =
    let loss key () model =
        let images, discs = Data.discs 16 16 key
        UNet.logits model images |> Loss.binaryCrossEntropy discs |> Tensor.mean, ()

    let optimizer = Optim.adam 3e-3 |> Optim.scheduled (Schedule.warmupCosine 20 150)
    let model, () = Training.fitWith 150 optimizer loss (UNet.create [ 8; 16; 32 ] 1 1 (key 10), ())
    let images, discs = Data.discs 16 100 (key 11)
    let inside = discs .> 0.5f
    let marked = UNet.logits model images .> 0.0f
    let count (where: Tensor<bool>) : Tensor<float> = where |> Tensor.cast |> Tensor.sum
    value (count (inside &&& marked) / count (inside ||| marked))

/// LeNet-5 on the first so many images of a folder with the IDX files of MNIST or Fashion-MNIST: the accuracy on those held out.
let fashion folder epochs =
    let data = Adjoint.Examples.Digits.Mnist.dataSet folder

    let tensors images =
        let ink, labels = Adjoint.Examples.Digits.Images.tensors images
        ink, labels

    let training = tensors data.Training
    let steps = epochs * (fst training).Shape[0] / 64
    let optimizer = Optim.adam 1e-3 |> Optim.scheduled (Schedule.warmupCosine 100 steps)
    let model = Training.fit steps 64 optimizer LeNet.logits training (LeNet.create (key 2))
    Training.accuracy (LeNet.logits model) (tensors data.HeldOut)

[<EntryPoint>]
let main arguments =
    match arguments with
    | [| "--idx"; folder |] ->
        printfn $"LeNet-5 on {folder}: %.1f{100.0 * fashion folder 3} %% of held-out images"
        0
    | [||] ->
        for name, parameters in counts do
            printfn $"%-20s{name} %12d{parameters} parameters"

        for name, share in accuracies () do
            printfn $"%-24s{name} %.1f{100.0 * share} %% of unseen digits"

        let wide, narrow = mixedPrecision ()
        printfn $"784-32-10 in f32 %.1f{100.0 * wide} %%, with weights and activations in bf16 %.1f{100.0 * narrow} %%"
        let greedy, sampled = counting ()
        printfn $"decoder that counts on: likeliest symbols %.1f{100.0 * greedy} %% right, sampled %.1f{100.0 * sampled} %%"
        printfn $"U-Net finds discs: intersection over union %.3f{segmentation ()}"
        0
    | _ ->
        eprintfn "Options: none, or --idx FOLDER."
        2
