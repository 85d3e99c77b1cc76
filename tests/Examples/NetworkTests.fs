/// Networks from the literature: their numbers of parameters, gradients of small versions, and what these learn.
module Adjoint.ExampleTests.NetworkTests

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Nn
open Adjoint.Examples.Digits
open Adjoint.Examples.Networks

/// As published, or as the models of torchvision and Hugging Face have them.
let private published =
    [
        "LeNet-5", 61_706
        "784-512-512-10", 669_706
        "ResNet-20", 269_722
        "ResNet-56", 853_018
        "ResNet-18", 11_689_512
        "VGG-16", 138_357_544
        "MobileNetV2", 3_504_872
        "U-Net", 31_030_593
        "BERT base's layer", 7_087_872
        "GPT-2 small", 124_439_808
        "GRU 28-128", 60_672
        // PyTorch's, 80,896, has two biases for each gate.
        "LSTM 28-128", 80_896 - 512
    ]

let private key number = Random.key 5 |> Random.foldIn number

let private images count channels size : Tensor<float> =
    Random.normal [ count; channels; size; size ] (key 1)

let private labels count : Tensor<int> = Random.integers 0 4 [ count ] (key 2)

let private crossEntropy (logits: 'P -> Tensor<float> -> Tensor<float>) (x: Tensor<float>) count (model: 'P) =
    logits model x |> Loss.crossEntropy (labels count) |> Tensor.mean

/// Biases and shifts away from 0: where all that a neuron sees is 0, so is what it gives, and relu has its kink there.
let private offKinks (model: 'P) =
    model
    |> Structure.mapPaths (fun path leaf ->
        let key = Random.foldIn path.Length (key 30)

        if leaf.Rank = 1 then
            leaf + 0.1 * (Random.normal<float> [ leaf.Size ] key).Expr
        else
            leaf)

/// Differences of a loss of a few hundred operations in a row are good to about 1e-8; kinks of relu and ties of pools cost some.
let private agree name (loss: 'P -> Tensor<float>) (model: 'P) =
    testCase $"gradients agree with differences: {name}" (fun () ->
        let error = GradientCheck.largestError (Random 3) 2 0 loss (offKinks model)
        Expect.isLessThan error 1e-5 "largest relative error")

/// With batch norms over the batch.
let private normed (logits: BatchNorms<float> -> 'P -> Tensor<float> -> Tensor<float>) x (model: 'P) =
    let running = BatchNorms.Start(fun norms -> logits norms model x)
    fun model x -> logits (BatchNorms.Training(0.9, running)) model x

let private gradients =
    let small = images 2 3 32
    let resNet20 = ResNet.small 3 [ 4; 6; 8 ] 3 4 (key 3)
    let resNet18 = ResNet.eighteen [ 4; 6; 8; 10 ] 4 (key 4)
    let mobile = MobileNet.create 4 [ 1, 4, 1, 1; 6, 4, 2, 2; 6, 6, 2, 2 ] 16 4 (key 5)
    let narrow = [ 2, 4; 2, 4; 3, 6; 3, 6; 3, 6 ]
    let sequences = Random.normal [ 5; 3; 4 ] (key 6)
    let discs: Tensor<float> = Data.discs 16 2 (key 7) |> snd |> Tensor.cast
    let counting = Data.counting 7 3 6 (key 8)

    testList
        "gradients"
        [
            agree "LeNet-5" (crossEntropy LeNet.logits (images 2 1 28) 2) (LeNet.create (key 9))
            agree
                "784-512-512-10"
                (crossEntropy Perceptron.logits (Random.normal [ 2; 30 ] (key 1)) 2)
                (Perceptron.create [ 30; 20; 20; 4 ] (key 10))
            agree "ResNet-20" (crossEntropy (normed ResNet.logits small resNet20) small 2) resNet20
            agree "ResNet-18" (crossEntropy (normed ResNet.logits small resNet18) small 2) resNet18
            agree "MobileNetV2" (crossEntropy (normed MobileNet.logits small mobile) small 2) mobile
            agree "VGG-16" (crossEntropy (Vgg.logits None) small 2) (Vgg.create narrow 32 8 4 (key 11))
            agree "VGG-16 with dropout" (crossEntropy (Vgg.logits (Some(key 12))) small 2) (Vgg.create narrow 32 8 4 (key 11))
            agree "GRU" (crossEntropy GruClassifier.logits sequences 3) (GruClassifier.create 4 6 4 (key 13))
            agree "LSTM" (crossEntropy LstmClassifier.logits sequences 3) (LstmClassifier.create 4 6 4 (key 14))
            agree
                "transformer encoder"
                (crossEntropy (Encoder.logits 2 None) (Random.normal [ 3; 5; 4 ] (key 15)) 3)
                (Encoder.create 4 8 12 2 4 (key 16))
            agree "GPT" (Gpt.loss 2 counting) (Gpt.create 7 6 8 2 (key 17))
            agree
                "U-Net"
                (fun model ->
                    UNet.logits model (images 2 1 16)
                    |> Loss.binaryCrossEntropy discs
                    |> Tensor.mean)
                (UNet.create [ 2; 3; 4 ] 1 1 (key 18))
        ]

let private learning =
    testList
        "learning"
        [
            testCase "small versions read digits that they have not seen" (fun () ->
                // Chance gives 0.1. Other machines' sums have other orders, so a run ends some images of 297 away.
                let least =
                    Map
                        [
                            "784-512-512-10", 0.85
                            "LeNet-5", 0.87
                            "residual network", 0.87
                            "transformer encoder", 0.8
                        ]

                for name, share in Program.accuracies () do
                    Expect.isGreaterThan share (defaultArg (least.TryFind name) 0.7) name)

            testCase "bf16 for weights and activations reads as well as f32" (fun () ->
                let wide, narrow = Program.mixedPrecision ()
                Expect.isGreaterThan wide 0.85 "f32"
                // Eight of 297 images: both are off by about √(n p q) = 4 from what more images would say.
                Expect.isLessThan (abs (wide - narrow)) (8.0 / 297.0) "difference")

            testCase "a decoder counts on, by the likeliest symbols and sampled ones" (fun () ->
                let greedy, sampled = Program.counting ()
                Expect.isGreaterThan greedy 0.95 "likeliest"
                Expect.isGreaterThan sampled 0.9 "sampled")

            testCase "a U-Net finds discs under noise" (fun () ->
                Expect.isGreaterThan (Program.segmentation ()) 0.8 "intersection over union")
        ]

let private decoding =
    testList
        "decoding"
        [
            testCase "step by step gives what the whole sequence gives" (fun () ->
                let model: Gpt<float> = Gpt.create 7 6 8 2 (key 17)
                let sequences = Data.counting 7 3 6 (key 8)
                let whole = Gpt.logits 2 model sequences

                let next seen (place: Tensor<int>) =
                    let symbols = Tensor.takeAxis 1 place sequences
                    let logits, seen = Gpt.step 2 model place seen symbols
                    seen, logits

                let _, steps = Flow.scan next (Gpt.start 3 model) (Tensor.arange 6)
                let found, wanted = Tensor.toArray (Tensor.swapAxes 0 1 steps), Tensor.toArray whole

                // Sums of some tens of terms near 1.
                Array.iter2 (fun x y -> Checks.near 1e-12 y x "logit") found wanted)

            testCase "samples are among the k likeliest, and the likeliest at a low temperature" (fun () ->
                let logits: Tensor<float32> = Random.normal [ 50; 9 ] (key 20)
                let ranks = Tensor.argSortDescending 1 logits |> Tensor.toArray2D
                let first = [ for i in 0..49 -> int ranks[i, 0] ]
                let among = [ for i in 0..49 -> set [ for j in 0..2 -> int ranks[i, j] ] ]
                let cold = Gpt.sample 3 1e-3 (key 21) logits |> Tensor.toArray |> List.ofArray
                Expect.equal cold first "cold"
                let warm = Gpt.sample 3 10.0 (key 21) logits |> Tensor.toArray |> List.ofArray
                Expect.isTrue (List.forall2 Set.contains warm among) "warm, of three"
                Expect.notEqual warm first "warm ones differ")
        ]

let private norms =
    testList
        "batch norms of a network"
        [
            testCase "running statistics move towards those of batches, and inference uses them" (fun () ->
                let model: ResNet<float> = ResNet.small 1 [ 4; 4; 4 ] 3 4 (key 3)
                let x = images 4 3 8
                let start = BatchNorms.Start(fun norms -> ResNet.logits norms model x)
                Expect.hasLength start 7 "one for each norm"

                // A tenth is kept of 0 and 1 each time, so after 12 batches alike 1e-12 of them is left.
                let mutable running = start
                let mutable trained = Tensor.zeros [ 1 ]

                for _ in 1..12 do
                    let norms = BatchNorms.Training(0.1, running)
                    trained <- ResNet.logits norms model x
                    running <- norms.Running

                let inferred = ResNet.logits (BatchNorms.Inference running) model x
                Array.iter2 (fun x y -> Checks.near 1e-10 y x "logit") (Tensor.toArray inferred) (Tensor.toArray trained))

            testCase "statistics of another network are refused" (fun () ->
                let model: ResNet<float> = ResNet.small 1 [ 4; 4; 4 ] 3 4 (key 3)
                let norms = BatchNorms.Inference [ BatchNorm.start 4 ]

                Expect.throwsC (fun () -> ResNet.logits norms model (images 1 3 8) |> ignore) (fun error ->
                    Expect.stringContains error.Message "BatchNorms: there are 1 running statistics" "message"))
        ]

let private precision =
    testList
        "parameters cast to those of another model"
        [
            testCase "have its dtypes and their own values, and gradients come back in their own" (fun () ->
                let like: Perceptron<BFloat16> = Perceptron.create [ 3; 2 ] (key 1)
                let model: Perceptron<float32> = Perceptron.create [ 3; 2 ] (key 2)
                let weight = (Structure.castAs like model).Layers.Head.Weight
                Expect.equal weight.Expr.DType DType.BF16 "dtype"
                let rounded: Tensor<float32> = Tensor.cast weight
                // Eight bits are kept: half a unit of the last of them.
                let error =
                    Tensor.abs (rounded - model.Layers.Head.Weight)
                    - Tensor.abs model.Layers.Head.Weight / 256.0f

                Expect.isLessThanOrEqual (value (Tensor.max error)) 0.0f "rounded once"

                let loss model : Tensor<float32> =
                    (Structure.castAs like model).Layers.Head.Weight
                    |> Tensor.cast
                    |> Tensor.square
                    |> Tensor.sum

                let slope = grad loss model
                Expect.equal slope.Layers.Head.Weight.Expr.DType DType.F32 "dtype of the gradient"
                let expected = 2.0f * rounded |> Tensor.toArray
                Expect.equal (Tensor.toArray slope.Layers.Head.Weight) expected "2 w, which bf16 holds")

            testCase "of another number are refused" (fun () ->
                let like: Perceptron<BFloat16> = Perceptron.create [ 3; 2; 2 ] (key 1)
                let model: Perceptron<float32> = Perceptron.create [ 3; 2 ] (key 2)

                Expect.throwsC (fun () -> Structure.castAs like model |> ignore) (fun error ->
                    Expect.stringContains error.Message "castAs: a structure of 2 leaves as one of 4" "message"))
        ]

[<Tests>]
let tests =
    testList
        "networks"
        [
            testCase "parameters" (fun () -> Expect.equal Program.counts published "as in the literature")
            gradients
            norms
            decoding
            precision
            learning
        ]
