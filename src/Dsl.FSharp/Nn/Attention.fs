namespace Adjoint.Nn

open Adjoint
open Adjoint.Front

/// Where places of a sequence may look. What is hidden has weight 0 and derivative 0, exactly.
[<RequireQualifiedAccess>]
type Mask =
    /// Everywhere.
    | All
    /// At themselves and what came before. Of fewer queries than keys, the last ones are meant.
    | Causal
    /// Where it is true: [.., queries, keys], which broadcasts and is not repeated in memory. A place that may look nowhere gets zeros.
    | Where of Tensor<bool>
    /// Where it is true, and at nothing to come.
    | CausalWhere of Tensor<bool>

    /// The mask as the layers of Adjoint.Front take it.
    member internal this.Parts: Expr | null * bool =
        match this with
        | All -> null, false
        | Causal -> null, true
        | Where seen -> seen.Expr, false
        | CausalWhere seen -> seen.Expr, true

/// Masks of tensors.
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Mask =

    /// Which places of sequences that were filled up to some places are theirs: lengths [..] to [.., 1, places], true before each length.
    /// For <c>Mask.Where</c> and <c>Mask.CausalWhere</c>; one bool a place.
    let ofLengths (places: int) (lengths: Tensor<int64>) : Tensor<bool> =
        Tensor.ofExpr (Nn.LengthMask(lengths.Expr, places))

/// Attention with learned projections: Query, Key and Value of the inputs, Output of what the heads give.
/// Each is a dense layer; heads lie side by side in its outputs.
type Attention<'T when 'T: struct> =
    {
        Query: Dense<'T>
        Key: Dense<'T>
        Value: Dense<'T>
        Output: Dense<'T>
    }

/// Attention in several heads (Vaswani et al. 2017).
[<RequireQualifiedAccess>]
module Attention =

    /// softmax(q k' / sqrt d) v: q [.., T, d], k [.., S, d], v [.., S, e] to [.., T, e].
    /// Long sequences are taken block by block, forward and backward, in memory linear in T and S; second derivatives hold all T S scores.
    let scaled (mask: Mask) (query: Tensor<'T>) (key: Tensor<'T>) (value: Tensor<'T>) : Tensor<'T> =
        let seen, causal = mask.Parts
        Tensor.ofExpr (Nn.Attention(query.Expr, key.Expr, value.Expr, seen, causal))

    /// As <c>scaled</c>, with numbers that are added to the scores q k' / sqrt d: bias broadcasts to [.., T, S]. A bias that places are hidden by
    /// is minus infinity there. Memory is linear in T and S besides that of the bias, but for the derivative by the bias, which holds all scores.
    let biased (mask: Mask) (bias: Tensor<'T>) (query: Tensor<'T>) (key: Tensor<'T>) (value: Tensor<'T>) : Tensor<'T> =
        let seen, causal = mask.Parts
        Tensor.ofExpr (Nn.Attention(query.Expr, key.Expr, value.Expr, seen, causal, bias.Expr))

    /// A layer for vectors of a width.
    let init (width: int) (key: Tensor<uint32>) : Attention<'T> =
        let dense number =
            Dense.init width width (Random.foldIn number key)

        {
            Query = dense 0
            Key = dense 1
            Value = dense 2
            Output = dense 3
        }

    /// A layer whose keys and values have fewer heads, each of which serves as many heads of queries as come to it (Ainslie et al. 2023).
    /// ArgumentException: the heads of keys don't divide the heads, or those the width.
    let initGrouped (width: int) (heads: int) (keyHeads: int) (key: Tensor<uint32>) : Attention<'T> =
        if keyHeads < 1 || heads % keyHeads <> 0 || width % heads <> 0 then
            invalidArg
                (nameof keyHeads)
                $"attention: {keyHeads} heads of keys, {heads} heads and a width of {width} don't divide one another."

        let narrow number =
            Dense.init width (width / heads * keyHeads) (Random.foldIn number key)

        { init width key with
            Key = narrow 1
            Value = narrow 2
        }

    /// What each place of x [.., T, width] learns from places whose keys and values [.., S, width] are known, as kept from earlier steps of
    /// a decoder. ShapeException: the width doesn't divide into the heads.
    let look (heads: int) (mask: Mask) (layer: Attention<'T>) (keys: Tensor<'T>) (values: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
        let seen, causal = mask.Parts
        let query = Dense.apply layer.Query x

        Tensor.ofExpr (Nn.MultiHeadAttention(query.Expr, keys.Expr, values.Expr, heads, seen, causal))
        |> Dense.apply layer.Output

    /// What each place of x [.., T, width] learns from memory [.., S, width], in so many heads; keys and values may have fewer, by their width.
    /// ShapeException: the width doesn't divide into the heads.
    let across (heads: int) (mask: Mask) (layer: Attention<'T>) (memory: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
        look heads mask layer (Dense.apply layer.Key memory) (Dense.apply layer.Value memory) x

    /// What each place of x [.., T, width] learns from all of them that it may see, in so many heads.
    let apply (heads: int) (mask: Mask) (layer: Attention<'T>) (x: Tensor<'T>) : Tensor<'T> = across heads mask layer x x
