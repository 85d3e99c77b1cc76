namespace Adjoint.Suites.Derivatives

open Adjoint.Front

/// Convolutions and pools by DiffSharp's names, with its arguments stride, padding and dilation.
[<RequireQualifiedAccess>]
module Windows =

    let private each (given: Map<string, int[]>) (names: string list) missing count =
        match names |> List.tryPick (fun name -> Map.tryFind name given) with
        | Some [| one |] -> Array.create count one
        | Some all -> all
        | None -> Array.create count missing

    let private spatial (name: string) = int (string name[name.Length - 2])

    /// Both with a batch axis; a single image has none.
    let private batched count (x: Expr) =
        if x.Rank = count + 1 then x.ExpandDims 0 else x

    let private unbatched (like: Expr) count (y: Expr) =
        if like.Rank = count + 1 then y.Squeeze 0 else y

    let private conv count (x: Expr) (filter: Expr) given =
        let padding =
            each given [ "padding"; "paddings" ] 0 count
            |> Array.map (fun width -> struct (width, width))

        (batched count x)
            .Conv(
                batched count filter,
                each given [ "stride"; "strides" ] 1 count,
                Padding.Of padding,
                each given [ "dilation"; "dilations" ] 1 count
            )
        |> unbatched x count

    /// The filter is [C, O, W…]; its transpose slides backwards over the input with zeros between the elements.
    let private convTransposed count (x: Expr) (filter: Expr) given =
        let filter = batched count filter
        let stride = each given [ "stride"; "strides" ] 1 count
        let dilation = each given [ "dilation"; "dilations" ] 1 count
        let padding = each given [ "padding"; "paddings" ] 0 count

        let around =
            Array.init count (fun i ->
                let width = (filter.Shape[i + 2].Value - 1) * dilation[i] - padding[i]
                struct (width, width))

        let backwards = filter.SwapAxes(0, 1).Flip [| for i in 0 .. count - 1 -> i + 2 |]

        (batched count x).Conv(backwards, Array.create count 1, Padding.Of around, dilation, stride)
        |> unbatched x count

    let private pool count isMax (x: Expr) (window: int) given =
        let windows = Array.create count window
        let strides = each given [ "stride"; "strides" ] window count

        let padding =
            each given [ "padding"; "paddings" ] 0 count
            |> Array.map (fun width -> struct (width, width))

        if isMax then
            x.MaxPool(windows, strides, Padding.Of padding)
        else
            x.AvgPool(windows, strides, Padding.Of padding, true)

    /// The result of a function over windows, or none where the name is not one.
    let tryCall (name: string) (x: Expr) (tensors: Expr list) (numbers: int list) (given: Map<string, int[]>) =
        match tensors, numbers with
        | [ filter ], [] when name.StartsWith "convTranspose" -> Some(convTransposed (spatial name) x filter given)
        | [ filter ], [] when name.StartsWith "conv" -> Some(conv (spatial name) x filter given)
        | [], [ window ] when name.StartsWith "maxpool" -> Some(pool (spatial name) true x window given)
        | [], [ window ] when name.StartsWith "avgpool" -> Some(pool (spatial name) false x window given)
        | _ -> None
