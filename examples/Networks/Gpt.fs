namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// A decoder in the form of GPT-2 (Radford et al. 2019): norms before each layer, learned places, and the table of symbols used once more to
/// choose the next one. GPT-2 small, of 12 layers of 768 for 50,257 symbols and 1024 places, has 124,439,808 parameters.
type Gpt<'T when 'T: struct> =
    {
        Symbols: Embedding<'T>
        Places: Embedding<'T>
        Layers: TransformerLayer<'T> list
        Norm: Norm<'T>
    }

/// Keys and values of the places that a layer has seen: [n, length, width] each.
type Seen<'T when 'T: struct> =
    { Keys: Tensor<'T>; Values: Tensor<'T> }

[<RequireQualifiedAccess>]
module Gpt =

    /// Weights are normal of deviation 0.02, as in GPT-2.
    let create symbols length width layers key : Gpt<'T> =
        let next = Keys.from key

        let table count =
            {
                Table = Init.normal 0.02 [ count; width ] (next ())
            }

        {
            Symbols = table symbols
            Places = table length
            Layers = [ for _ in 1..layers -> TransformerLayer.create width (4 * width) (next ()) ]
            Norm = LayerNorm.init [ width ]
        }

    let private choose model x =
        Tensor.matMul (LayerNorm.apply model.Norm x) (Tensor.transpose model.Symbols.Table)

    /// attend: from a layer and its input, what is added, and what has been seen then.
    let private layer attend (held: TransformerLayer<'T>) (x: Tensor<'T>) =
        let (y: Tensor<'T>), seen = attend held.Attention (LayerNorm.apply held.AttentionNorm x)
        let x = x + y
        x + TransformerLayer.dense held (LayerNorm.apply held.DenseNorm x), seen

    /// What follows each place of sequences [n, length]: [n, length, symbols].
    let logits heads (model: Gpt<'T>) (sequences: Tensor<int>) : Tensor<'T> =
        let places = model.Places.Table[.. sequences.Shape[1] - 1, *]

        (Embedding.apply model.Symbols sequences + places, model.Layers)
        ||> List.fold (fun x held ->
            layer (fun attention x -> Attention.apply heads Mask.Causal attention x, ()) held x
            |> fst)
        |> choose model

    /// The mean of -ln p of the symbols that follow, over all places but the last.
    let loss heads (sequences: Tensor<int>) (model: Gpt<'T>) : Tensor<'T> =
        let last = sequences.Shape[1] - 1

        logits heads model sequences[*, .. last - 1]
        |> Loss.crossEntropy sequences[*, 1..]
        |> Tensor.mean

    /// Nothing seen yet, for n sequences.
    let start n (model: Gpt<'T>) : Seen<'T> list =
        let length, width = model.Places.Table.Shape[0], model.Places.Table.Shape[1]
        let zeros = Tensor.zeros [ n; length; width ]
        [ for _ in model.Layers -> { Keys = zeros; Values = zeros } ]

    /// Attention of one place to itself and those before it, whose keys and values are kept.
    let private attendTo heads (place: Tensor<int>) seen attention x =
        let kept projection (held: Tensor<'T>) =
            Tensor.set [ Slice.All; Slice.At place.Expr ] (Dense.apply projection x |> Tensor.squeezeAxis 1) held

        let seen =
            {
                Keys = kept attention.Key seen.Keys
                Values = kept attention.Value seen.Values
            }

        let length = seen.Keys.Shape[1]
        let before = Tensor.arange length .<= place |> Tensor.reshape [ 1; length ]
        Attention.look heads (Mask.Where before) attention seen.Keys seen.Values x, seen

    /// What follows symbols [n] at a place, and what has been seen then: the work of one place, however many came before.
    let step heads (model: Gpt<'T>) (place: Tensor<int>) (seen: Seen<'T> list) (symbols: Tensor<int>) : Tensor<'T> * Seen<'T> list =
        let x = Embedding.apply model.Symbols symbols + Embedding.apply model.Places place

        let next x (held, seen) =
            let y, seen = layer (attendTo heads place seen) held x
            seen, y

        let seen, y = (Tensor.expandDims 1 x, List.zip model.Layers seen) ||> List.mapFold next

        choose model y |> Tensor.squeezeAxis 1, seen

    /// Symbols [n] by chance, from logits [n, symbols]: of the k likeliest, at a temperature. Below 1 likely ones become likelier.
    let sample k (temperature: float) key (logits: Tensor<'T>) : Tensor<int> =
        let best, _ = Tensor.topK k logits
        let hidden = logits .< best[*, k - 1 .. k - 1]
        let few: Tensor<float32> = Tensor.cast logits

        few / float32 temperature
        |> Tensor.fillWhere hidden -infinityf
        |> fun few -> Random.categorical few key
        |> Tensor.cast

    /// Goes on after beginnings [n, m], up to so many symbols in all: [n, count]. choose: from logits and the place's number.
    let continueWith
        heads
        (choose: Tensor<int> -> Tensor<'T> -> Tensor<int>)
        count
        (model: Gpt<'T>)
        (beginnings: Tensor<int>)
        : Tensor<int> =
        let known = beginnings.Shape[1]

        let next (seen: Seen<'T> list, symbols: Tensor<int>) (place: Tensor<int>) =
            let logits, seen = step heads model place seen symbols

            let given: Tensor<int> =
                Tensor.takeAxis 1 (Tensor.minimum (place + 1) (Tensor.scalar (known - 1))) beginnings

            let symbols: Tensor<int> = Tensor.where (place .< known - 1) given (choose place logits)
            (seen, symbols), symbols

        let first = beginnings[*, 0]
        let places: Tensor<int> = Tensor.arange (count - 1)
        let _, rest = Flow.scan next (start first.Size model, first) places
        Tensor.concat 1 [ Tensor.expandDims 1 first; Tensor.transpose rest ]
