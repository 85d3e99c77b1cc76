namespace Adjoint.Suites.Derivatives

open System.IO
open System.Text.Json
open Adjoint.Core
open Adjoint.Front
open Adjoint.Suites

/// Judges expressions with their values and derivatives: four or five digits, of DiffSharp and swift-apis.
[<RequireQualifiedAccess>]
module Cases =

    let private array (element: JsonElement) =
        let rec shape (element: JsonElement) =
            if element.ValueKind <> JsonValueKind.Array then []
            elif element.GetArrayLength() = 0 then [ 0 ]
            else element.GetArrayLength() :: shape element[0]

        let rec numbers (element: JsonElement) =
            if element.ValueKind = JsonValueKind.Array then
                [
                    for item in element.EnumerateArray() do
                        yield! numbers item
                ]
            else
                [ element.GetDouble() ]

        NDArray.Of<float>(Shape.Of(Array.ofList (shape element)), System.ReadOnlySpan(Array.ofList (numbers element)))

    let private field (name: string) (element: JsonElement) =
        match element.TryGetProperty name with
        | true, value when value.ValueKind <> JsonValueKind.Null -> Some value
        | _ -> None

    let private arrays name element =
        match field name element with
        | Some all -> Map [ for item in all.EnumerateObject() -> item.Name, array item.Value ]
        | None -> Map.empty

    /// Arguments have four or five digits in the text, so results have about three, relative to the largest of them. DiffSharp's own
    /// check allows 1e-2.
    let private tolerance = 1e-3

    /// Cases whose numbers contradict each other.
    let private contradictions =
        Map
            [
                "TestDerivativeConv1DTConstT",
                "the quoted cotangent of y is not that of the quoted numbers: its first element is -1.6711 by hand, and -1.8835 is quoted"
                "TestDerivativePermuteT", "the quoted cotangent has another shape than the result"
            ]

    let private differs what (expected: NDArray) (actual: NDArray) =
        if not (expected.Shape.Equals actual.Shape) && expected.Size = actual.Size |> not then
            Some $"{what}: {actual.Describe()} instead of {expected.Describe()}"
        else
            let wanted, found = expected.ToDoubles(), actual.ToDoubles()
            let scale = wanted |> Array.fold (fun most x -> max most (abs x)) 1.0

            Seq.zip wanted found
            |> Seq.tryFind (fun (w, f) -> not (abs (w - f) <= tolerance * scale))
            |> Option.map (fun (w, f) -> $"{what}: {f:R}, not {w:R}")

    let rec private evaluate steps (scope: Map<string, Expr>) term : Meaning =
        let value = evaluate steps scope

        match term with
        | Literal number -> Number number
        | Text _ -> raise (Unmapped "a text is no tensor")
        | Items items -> Many(List.map value items)
        | Name "true" -> Flag true
        | Name "false" -> Flag false
        | Name name when scope.ContainsKey name -> Tensor scope[name]
        | Name name when Map.containsKey name steps -> value (Syntax.read steps[name])
        | Name name -> raise (Unmapped $"the case does not say what {name} is")
        // A function of a module, such as dsharp.matmul, is a function.
        | Call(name, Name("dsharp" | "Tensor" | "combo" | "FurnaceImage") :: arguments, named) ->
            Functions.call
                name
                (List.map value arguments)
                (List.map (fun (key, item) -> key, value item) (List.filter (fun (key, _) -> key <> "dtype") named))
        | Call(name, arguments, named) ->
            Functions.call name (List.map value arguments) (List.map (fun (key, item) -> key, value item) named)
        | Index(x, places) -> index steps scope (value x) places
        | Range _ -> raise (Unmapped "a range stands alone")

    and private index steps scope x places =
        let place term =
            Functions.whole (evaluate steps scope term)

        match x, places with
        | Many items, [ only ] -> items[place only]
        | _ ->
            let slices =
                [|
                    for term in places do
                        match term with
                        // Both ends belong to an F# slice.
                        | Range(first, last) ->
                            Slice.Of(
                                first |> Option.map place |> Option.toNullable,
                                last |> Option.map (fun term -> place term + 1) |> Option.toNullable
                            )
                        | term -> Slice.At(place term)
                |]

            Tensor((Functions.tensor x)[slices])

    /// Inputs by name; one that is called arg0 is the first name that the expression uses and nothing else explains.
    let private bind (expression: string) (inputs: Map<string, 'T>) =
        match inputs |> Map.toList with
        | [ "arg0", only ] ->
            let names =
                System.Text.RegularExpressions.Regex.Matches(expression, @"(?<![\w.])[A-Za-z_]\w*(?!\w*[(:])")

            let name =
                if names.Count = 0 then
                    "x"
                else
                    names[names.Count - 1].Value

            Map [ name, only ]
        | _ -> inputs

    /// Swift's `gradient(at: x) { f of $0 }` is the gradient of what stands in the braces.
    let private derivative (expression: string) =
        let found = System.Text.RegularExpressions.Regex.Match(expression, @"^gradient\(at: (\w+)\) \{(.*)\}$")

        if found.Success then
            Syntax.read (found.Groups[2].Value.Replace("$0", found.Groups[1].Value)), true
        else
            Syntax.read expression, false

    let private judge (case: JsonElement) =
        let expression = case.GetProperty("expression").GetString()

        let steps =
            match field "steps" case with
            | Some all ->
                Map
                    [
                        for item in all.EnumerateObject() -> item.Name, item.Value.GetString().Split("|>") |> Array.head |> _.Trim()
                    ]
            | None -> Map.empty

        let inputs = bind expression (arrays "inputs" case)
        let names = inputs |> Map.toList |> List.map fst
        let constants = arrays "consts" case |> Map.map (fun _ value -> Expr.Of value)
        let term, isGradient = derivative expression

        let value (x: Expr[]) =
            let scope =
                List.zip names (List.ofArray x)
                |> List.fold (fun scope (name, x) -> Map.add name x scope) constants

            Functions.tensor (evaluate steps scope term)

        let f (x: Expr[]) =
            if isGradient then
                Differential.Grad(value, null).Invoke x
            else
                [| value x |]

        let x = [| for name in names -> Expr.Of inputs[name] |]
        let expected = case.GetProperty "expected"
        let tangents = arrays "tangents" case

        let value () =
            field "value" expected
            |> Option.bind (fun wanted -> differs "value" (array wanted) ((Array.head (f x)).Value()))

        let jvp () =
            field "jvp" expected
            |> Option.bind (fun wanted ->
                let along =
                    [|
                        for name in names ->
                            match Map.tryFind name tangents with
                            | Some tangent -> Expr.Of tangent
                            | None -> Tensors.ZerosLike(Expr.Of inputs[name])
                    |]

                let struct (_, tangent) = Differential.Jvp((fun (x: Expr[]) -> f x), x, along)
                differs "jvp" (array wanted) ((Array.head tangent).Value()))

        let cotangents (cotangent: Expr) wanted what =
            let struct (_, pullback) = Differential.ValueAndPullback((fun (x: Expr[]) -> f x), x)
            let found = pullback.Invoke [| cotangent |]

            wanted
            |> Map.toList
            |> List.tryPick (fun (name, wanted) ->
                let at = List.findIndex ((=) name) names
                let cotangent: Expr = found[at]
                differs $"{what} in {name}" wanted (cotangent.Value()))

        let vjp () =
            match field "cotangent" case, field "vjp" expected with
            // A derivative without a jvp of its own is of all parts together, of which the expression is one.
            | Some _, Some _ when (field "jvp" expected).IsNone && expression.StartsWith "z[" -> None
            | Some cotangent, Some _ -> cotangents (Expr.Of(array cotangent)) (arrays "vjp" expected) "vjp"
            | _ -> None

        let gradient () =
            match field "gradient" expected with
            | Some _ -> cotangents (Expr.Scalar 1.0) (bind expression (arrays "gradient" expected)) "gradient"
            | None -> None

        match
            value ()
            |> Option.orElseWith jvp
            |> Option.orElseWith vjp
            |> Option.orElseWith gradient
        with
        | Some difference -> Failed difference
        | None -> Passed

    let private judged (case: JsonElement) =
        {
            Name = case.GetProperty("test").GetString()
            Group = case.GetProperty("op").GetString()
            Verdict =
                match Map.tryFind (case.GetProperty("test").GetString()) contradictions with
                | Some reason -> NotApplicable reason
                | None -> Verdict.from (fun () -> judge case)
        }

    /// The cases of the pack, judged.
    let read (path: string) =
        use document = JsonDocument.Parse(File.ReadAllText path)

        [
            for case in document.RootElement.GetProperty("cases").EnumerateArray() -> judged case
        ]
