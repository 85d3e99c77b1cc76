namespace Adjoint.Suites.Derivatives

open Adjoint.Core
open Adjoint.Front
open Adjoint.Suites

/// What a term stands for.
type Meaning =
    | Tensor of Expr
    | Number of float
    | Many of Meaning list
    | Flag of bool

/// Functions by the names that DiffSharp and swift-apis call them, as the library's.
[<RequireQualifiedAccess>]
module Functions =

    let tensor =
        function
        | Tensor x -> x
        | Number x -> Expr.Scalar x
        | _ -> raise (Unmapped "a list stands where a tensor is wanted")

    let whole =
        function
        | Number x -> int x
        | _ -> raise (Unmapped "a whole number is wanted")

    let wholes =
        function
        | Many items -> items |> List.map whole |> Array.ofList
        | Number x -> [| int x |]
        | _ -> raise (Unmapped "whole numbers are wanted")

    /// A list of numbers, or of lists of one length, as a tensor.
    let rec private ofItems =
        function
        | Many items -> Tensors.Stack(items |> List.map ofItems)
        | item -> tensor item

    let private number =
        function
        | Number x -> x
        | _ -> raise (Unmapped "a number is wanted")

    let private hardSigmoid (x: Expr) = ((x + 3.0) / 6.0).Clip(0.0, 1.0)

    let private log1mexp (x: Expr) =
        x.Greater(-0.6931471805599453).Where((-(x.Expm1())).Log(), (-(x.Exp())).Log1p())

    let private unary =
        Map
            [
                "neg", fun (x: Expr) -> -x
                "abs", _.Abs()
                "exp", _.Exp()
                "expm1", _.Expm1()
                "log", _.Log()
                "log1p", _.Log1p()
                "log2", (fun x -> x.Log() / System.Math.Log 2.0)
                "log10", (fun x -> x.Log() / System.Math.Log 10.0)
                "log1mexp", log1mexp
                "sqrt", _.Sqrt()
                "rsqrt", _.Rsqrt()
                "square", _.Square()
                "reciprocal", (fun x -> 1.0 / x)
                "sin", _.Sin()
                "cos", _.Cos()
                "tan", _.Tan()
                "sinh", _.Sinh()
                "cosh", _.Cosh()
                "tanh", _.Tanh()
                "asin", _.Asin()
                "acos", _.Acos()
                "atan", _.Atan()
                "asinh", _.Asinh()
                "acosh", _.Acosh()
                "atanh", _.Atanh()
                "erf", _.Erf()
                "sigmoid", _.Sigmoid()
                "logSigmoid", _.LogSigmoid()
                "softplus", _.Softplus()
                "softsign", (fun x -> x / (1.0 + x.Abs()))
                "relu", _.Relu()
                "relu6", _.Clip(0.0, 6.0)
                "elu", _.Elu()
                "gelu", _.Gelu()
                "selu", (fun x -> 1.0507009873554805 * x.Elu 1.6732632423543772)
                "silu", _.Silu()
                "swish", _.Silu()
                "mish", (fun x -> x * x.Softplus().Tanh())
                "hardSigmoid", hardSigmoid
                "hardSwish", (fun x -> x * hardSigmoid x)
                "sign", _.Sign()
                "floor", _.Floor()
                "ceil", _.Ceil()
                "round", _.Round()
                "trace", _.Trace()
                "diagonalPart", _.Diagonal()
                "flatten", _.Flatten()
                "t", _.Transpose()
                "primal", id
                "clone", id
            ]

    let private binary =
        Map
            [
                "add", fun (x: Expr) (y: Expr) -> x + y
                "sub", fun x y -> x - y
                "mul", fun x y -> x * y
                "div", fun x y -> x / y
                "pow", fun x y -> x.Pow y
                "max", fun x y -> x.Maximum y
                "min", fun x y -> x.Minimum y
                "matmul", fun x y -> x.MatMul y
                "dot", fun x y -> x.Dot y
                "atan2", fun x y -> x.Atan2 y
                "squaredDifference", fun x y -> (x - y).Square()
                "cosineSimilarity", fun x y -> (x * y).Sum() / (x.Norm() * y.Norm())
            ]

    /// Losses of a prediction and what was expected: summed or averaged over all elements.
    let private losses =
        Map
            [
                "l1Loss", fun (p: Expr) (e: Expr) -> (e - p).Abs().Sum()
                "l2Loss", fun p e -> (e - p).Square().Sum()
                "meanAbsoluteError", fun p e -> (e - p).Abs().Mean()
                "meanSquaredError", fun p e -> (e - p).Square().Mean()
                "meanSquaredLogarithmicError", fun p e -> (p.Maximum(0.0).Log1p() - e.Maximum(0.0).Log1p()).Square().Mean()
                "meanAbsolutePercentageError", fun p e -> ((e - p) / e).Abs().Mean() * 100.0
                "hingeLoss", fun p e -> (1.0 - e * p).Relu().Mean()
                "squaredHingeLoss", fun p e -> (1.0 - e * p).Relu().Mean().Square()
                "categoricalHingeLoss",
                fun p e ->
                    let positive = (e * p).Sum -1
                    let negative = ((1.0 - e) * p).Max -1
                    (negative - positive + 1.0).Relu().Mean()
                "logCoshLoss",
                fun p e ->
                    let x = p - e
                    (x + (-2.0 * x).Softplus() - System.Math.Log 2.0).Mean()
                "poissonLoss", fun p e -> (p - e * p.Log()).Mean()
                "kullbackLeiblerDivergence", fun p e -> (e * (e / p).Log()).Sum()
                "sigmoidCrossEntropy", fun p e -> (p.Relu() - p * e + (-(p.Abs())).Softplus()).Mean()
            ]

    let private axesOf (positional: Meaning list) (named: Map<string, Meaning>) =
        match positional with
        | axes :: _ -> Some(wholes axes)
        | [] ->
            [ "dim"; "squeezingAxes"; "alongAxes"; "axis" ]
            |> List.tryPick (fun name -> Map.tryFind name named)
            |> Option.map wholes

    let private reduced (x: Expr) name positional (named: Map<string, Meaning>) =
        let axes = axesOf positional named

        let keep = named.ContainsKey "alongAxes" || Map.tryFind "keepDim" named = Some(Flag true)

        let given = axes |> Option.defaultValue null

        match name with
        | "sum" -> Some(x.Sum(given, keep))
        | "product"
        | "prod" -> Some(x.Prod(given, keep))
        | "mean" -> Some(x.Mean(given, keep))
        | "max" -> Some(x.Max(given, keep))
        | "min" -> Some(x.Min(given, keep))
        | "var" -> Some(x.Variance(given, 1, keep))
        | "std" -> Some(x.StandardDeviation(given, 1, keep))
        | "variance" -> Some(x.Variance(given, 0, keep))
        | "standardDeviation" -> Some(x.StandardDeviation(given, 0, keep))
        | "logsumexp" -> Some(x.LogSumExp(given, keep))
        | "softmax" -> Some(x.Softmax(axes |> Option.map Array.head |> Option.defaultValue -1))
        | "logsoftmax"
        | "logSoftmax" -> Some(x.LogSoftmax(axes |> Option.map Array.head |> Option.defaultValue -1))
        | _ -> None

    /// The covariance of the rows of a matrix, or the variance of a vector; unbiased.
    let private covariance (x: Expr) =
        let rows = if x.Rank = 1 then x.ExpandDims 0 else x
        let centred = rows - rows.Mean(-1, true)
        let result = centred.MatMul(centred.Transpose()) / float (rows.Shape[1].Value - 1)
        if x.Rank = 1 then result.Reshape Shape.Scalar else result

    let private spread (x: Expr) (steps: int[]) =
        let widths = Array.zeroCreate steps.Length

        let pad =
            Adjoint.Primitives.Pad(Ints widths, Ints widths, Ints(steps |> Array.map (fun step -> step - 1)))

        (StableHlo.Elementwise.apply pad [ x; Expr.Scalar 0.0 ])[0]

    let private gathered (x: Expr) (steps: int[]) =
        let from = x.Shape.ToArray()

        let slice = Adjoint.Primitives.Slice(Ints(Array.zeroCreate steps.Length: int[]), Ints from, Ints steps)

        (StableHlo.Elementwise.apply slice [ x ])[0]

    let private addSlice (x: Expr) (at: int[]) (y: Expr) =
        let widths =
            Array.zip3 at (x.Shape.ToArray()) (y.Shape.ToArray())
            |> Array.map (fun (start, whole, part) -> struct (start, whole - start - part))

        x + y.Pad widths

    /// Zeros but at the indices, which count the places of each channel.
    let private unpooled (x: Expr) (indices: Expr) (shape: int[]) =
        let channels = x.Shape[0].Value
        let places = Array.skip 2 shape |> Array.fold (*) 1
        let first = (Tensors.Iota(DType.I64, channels) * float places).ExpandDims 1
        let at = (indices.Cast DType.I64).Reshape(channels, -1) + first
        let flat = Tensors.Zeros(x.DType, channels * places).ScatterAdd(at.Flatten(), x.Flatten())
        flat.Reshape(Array.skip (shape.Length - x.Rank) shape)

    let private structural name (x: Expr) (rest: Meaning list) =
        match name, rest with
        | "transpose", [] -> Some(x.Transpose())
        | "transpose", [ i; j ] -> Some(x.SwapAxes(whole i, whole j))
        | ("permute" | "transposed"), [ order ] -> Some(x.Permute(wholes order))
        | ("reshape" | "view" | "reshaped"), [ shape ] -> Some(x.Reshape(wholes shape))
        | ("unsqueeze" | "expandingShape"), [ axis ] -> Some(x.ExpandDims(whole axis))
        | "squeeze", [] -> Some(x.Squeeze())
        | "squeeze", [ axis ] -> Some(x.Squeeze(whole axis))
        | "flip", [ axes ] -> Some(x.Flip(wholes axes))
        | "diagonal", [] -> Some(x.Diagonal())
        | "dilate", [ steps ] -> Some(spread x (wholes steps))
        | "undilate", [ steps ] -> Some(gathered x (wholes steps))
        | "gather", [ axis; indices ] -> Some(x.TakeAlongAxis((tensor indices).Cast DType.I64, whole axis))
        | "addSlice", [ at; y ] -> Some(addSlice x (wholes at) (tensor y))
        | "clamp", [ low; high ] -> Some(x.Clip(number low, number high))
        | "cov", [] -> Some(covariance x)
        | _ -> None

    let private joined name (parts: Expr list) axis =
        match name with
        | "stack" -> Tensors.Stack(parts, axis)
        | _ -> Tensors.Concat(parts, axis)

    let private windowed name x (rest: Meaning list) given =
        let sizes =
            given
            |> Map.filter (fun _ (value: Meaning) -> value.IsNumber || value.IsMany)
            |> Map.map (fun _ -> wholes)

        if rest |> List.forall (fun value -> value.IsTensor || value.IsNumber) then
            let numbers = rest |> List.filter _.IsNumber |> List.map whole
            Windows.tryCall name x (rest |> List.filter _.IsTensor |> List.map tensor) numbers sizes
        else
            None

    /// The result of a function of this name.
    let call name (positional: Meaning list) (named: (string * Meaning) list) : Meaning =
        let given = Map named

        let unknown () =
            raise (Unmapped $"{name} with these arguments is not a function that the reader knows")

        match name, positional with
        | ("stack" | "cat" | "concatenated"), Many parts :: rest ->
            let axis = rest |> List.tryHead |> Option.map whole |> Option.defaultValue 0
            Tensor(joined name (List.map tensor parts) axis)
        | "unstack", [ x ] ->
            let x = tensor x
            Many [ for part in x.Split(x.Shape[0].Value) -> Tensor(part.Squeeze 0) ]
        | "split", [ x; extents ] -> Many [ for part in (tensor x).Split(wholes extents) -> Tensor part ]
        | "neg", [ Number x ] -> Number -x
        | "tensor", [ Many _ as items ] -> Tensor(ofItems items)
        | name, x :: Tensor indices :: _ when name.StartsWith "maxunpool" ->
            Tensor(unpooled (tensor x) indices (wholes given["outputSize"]))
        | "leakyRelu", [ x ] -> Tensor((tensor x).LeakyRelu(number given["alpha"]))
        | name, [] when losses.ContainsKey name && given.ContainsKey "predicted" ->
            Tensor(losses[name] (tensor given["predicted"]) (tensor given["expected"]))
        | name, [ x ] when unary.ContainsKey name -> Tensor(unary[name](tensor x))
        | name, [ x; (Tensor _ as y) ] when binary.ContainsKey name -> Tensor(binary[name] (tensor x) (tensor y))
        | ("add" | "sub" | "mul" | "div" | "pow"), [ x; y ] -> Tensor(binary[name] (tensor x) (tensor y))
        | name, x :: rest ->
            windowed name (tensor x) rest given
            |> Option.orElseWith (fun () -> structural name (tensor x) rest)
            |> Option.orElseWith (fun () -> reduced (tensor x) name rest given)
            |> Option.map Tensor
            |> Option.defaultWith unknown
        | _ -> unknown ()
