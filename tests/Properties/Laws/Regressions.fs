/// Cases on which a law once failed, as they were printed; each keeps its name.
module Adjoint.Properties.Laws.Regressions

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

let private parse text = GraphText.Parse(text, Catalogue.Core)

let private numbers (values: float list) : HostValue list list =
    [
        for value in values ->
            [
                reals DType.F64 [] [ value ]
                reals DType.F64 [] [ value ]
                reals DType.F64 [ 0 ] []
            ]
    ]

/// A scan whose step is this node on %0, the constant, or %1, the carry.
let private scan step =
    parse
        $"""graph(%%0: f64[], %%1: f64[], %%2: f64[0]) {{
          %%3: f64[], %%4: f64[0] = scan(%%0, %%1, %%2) {{step = graph(%%0: f64[], %%1: f64[], %%2: f64[]) {{
            %%3: f64[] = {step}
            return %%3, %%3
          }}, constants = 1, carries = 1, length = 0, reverse = false}}
          return %%3, %%4
        }}"""

[<Tests>]
let tests =
    testList
        "regressions"
        [
            testCase "a node that reads only what is alike for all lanes of a batched loop" (fun () ->
                let case = Case.make (scan "tanh(%0)") (numbers [ -0.87; 1.45; 1.59 ]) [ true; true; true ]
                Law.holds "vmap of vjp is stacking" case Smooth (Tape.ofList []))

            testCase "a loop that gathers cotangents from zero is linear" (fun () ->
                let case = Case.make (scan "tanh(%1)") (numbers [ -0.87; 1.45; 1.59 ]) [ true; true; true ]
                Law.holds "transposing twice changes nothing" case Smooth (Tape.ofList []))

            testCase "scatter applies updates in row-major order of the updates" (fun () ->
                let graph =
                    parse
                        """graph(%0: f64[1, 3], %1: i64[2, 1], %2: f64[1, 2, 2]) {
                          %3: f64[1, 3] = scatter(%0, %1, %2) {offset = axes[0, 1], collapsed = axes[], start = axes[1],
                            operandBatch = axes[], indexBatch = axes[], update = "set", mode = "drop"}
                          return %3
                        }"""

                let lane =
                    [
                        reals DType.F64 [ 1; 3 ] [ 9.0; 9.0; 9.0 ]
                        wholes DType.I64 [ 2; 1 ] [ 0L; 1L ]
                        reals DType.F64 [ 1; 2; 2 ] [ 0.1; 0.2; 0.3; 0.4 ]
                    ]

                Expect.equal (Values.flatten lane.Head (List.head (Point.runGraph graph lane))) [| 0.1; 0.3; 0.4 |] "the last stays"
                Law.holds "a second evaluator gives the values" (Case.make graph [ lane ] [ true; false; true ]) Edges (Tape.ofList []))

            testCase "factors left out of a scatter don't overflow among themselves" (fun () ->
                let graph =
                    parse
                        """graph(%0: f64[1], %1: i64[2, 1], %2: f64[2]) {
                          %3: f64[1] = scatter(%0, %1, %2) {offset = axes[], collapsed = axes[0], start = axes[0],
                            operandBatch = axes[], indexBatch = axes[], update = "mul", mode = "drop"}
                          return %3
                        }"""

                let lane =
                    [
                        reals DType.F64 [ 1 ] [ 2.0 ]
                        wholes DType.I64 [ 2; 1 ] [ 5L; 5L ]
                        reals DType.F64 [ 2 ] [ 1e300; 1e300 ]
                    ]

                Law.holds "vjp is the adjoint of jvp" (Case.make graph [ lane ] [ true; false; true ]) Smooth (Tape.ofList []))

            testList
                "derivatives where nothing is put in order"
                [
                    for shape in [ "[0]"; "[0, 3]"; "[3, 0]" ] do
                        let last = if shape = "[0]" then 0 else 1

                        for call in
                            [
                                "cum_max(%0) {axis = 0, reverse = false}"
                                $"cum_min(%%0) {{axis = {last}, reverse = true}}"
                                $"sort(%%0) {{axis = {last}, descending = false}}"
                            ] do
                            testCase $"{call} of {shape}" (fun () ->
                                let graph = parse $"graph(%%0: f64{shape}) {{ %%1: f64{shape} = {call} return %%1 }}"
                                let extents = shape.Trim('[', ']').Split ", " |> Array.map int |> List.ofArray
                                let lanes = List.replicate 3 [ reals DType.F64 extents [] ]
                                Law.holds "vmap of vjp is stacking" (Case.make graph lanes [ true ]) Smooth (Tape.ofList []))
                ]

            testCase "stacks of bools have no sum" (fun () ->
                for text in [ "stack_add(%0, %0)"; "stack_add_at(%0, %1, %2)" ] do
                    Expect.throwsT<AdjointException>
                        (fun () ->
                            parse $"graph(%%0: stack(bool[]), %%1: i64[], %%2: bool[]) {{ %%3: stack(bool[]) = {text} return %%3 }}"
                            |> ignore)
                        text)

            testCase "ln(1 + x) at minus infinity is NaN" (fun () ->
                let graph = parse "graph(%0: f64[]) { %1: f64[] = log1p(%0) return %1 }"
                let lanes = [ for x in [ -infinity; -1.0; -0.0 ] -> [ reals DType.F64 [] [ x ] ] ]
                Law.holds "kernels give what the primitives mean" (Case.make graph lanes [ true ]) Edges (Tape.ofList []))

            testCase "ln(1 + x) of the largest number is finite" (fun () ->
                let graph = parse "graph(%0: f64[]) { %1: f64[] = log1p(%0) return %1 }"
                let lanes = [ for _ in 1..3 -> [ reals DType.F64 [] [ 1.7976931348623157E+308 ] ] ]
                Law.holds "kernels give what the primitives mean" (Case.make graph lanes [ true ]) Edges (Tape.ofList []))

            testCase "arctan of a number with a small imaginary part keeps its digits" (fun () ->
                let graph = parse "graph(%0: f64[]) { %1: f64[] = atan(%0) return %1 }"

                Law.holds
                    "jvp against the complex step"
                    (Case.make graph (numbers [ -0.87; 1.45; 1.59 ] |> List.map (List.take 1)) [ true ])
                    Smooth
                    (Tape.ofList []))

            testCase "a branch that reads one value twice gathers its cotangent once" (fun () ->
                let graph =
                    parse
                        """graph(%0: f64[]) {
                          %1: bool[] = constant() {value = bool false}
                          %2: f64[] = cond(%1, %0, %0) {then = graph(%0: f64[], %1: f64[]) {
                            return %0
                          }, else = graph(%0: f64[], %1: f64[]) {
                            %2: i64[] = constant() {value = i64 2}
                            %3: f64[] = repeat(%2, %1, %0) {step = graph(%0: i64[], %1: f64[], %2: f64[]) {
                              return %2
                            }, constants = 1, reverse = false}
                            %4: f64[] = tanh(%3)
                            return %4
                          }}
                          %3: f64[] = add(%0, %2)
                          return %3
                        }"""

                let lane = [ reals DType.F64 [] [ -0.87 ] ]
                Law.holds "transposing twice changes nothing" (Case.make graph [ lane; lane; lane ] [ true ]) Choosy (Tape.ofList []))

            testCase "a gather batched over no lanes" (fun () ->
                let graph =
                    parse
                        """graph(%0: f64[3], %1: i64[]) {
                          %2: f64[1] = dynamic_slice(%0, %1) {sizes = [1], checked = false}
                          return %2
                        }"""

                let lane = [ reals DType.F64 [ 3 ] [ 0.5; 1.0; 1.5 ]; NDArray.Scalar 1L ]
                Law.holds "vmap over no lanes" (Case.make graph [ lane; lane; lane ] [ true; false ]) Smooth (Tape.ofList []))

            testCase "a product that overflows in one order only" (fun () ->
                let graph = parse "graph(%0: f64[3]) { %1: f64[] = reduce_prod(%0) {axes = axes[0]} return %1 }"

                let lane =
                    [
                        reals DType.F64 [ 3 ] [ 1.3370146888848593; -0.47686319692799595; 1.7976931348623157E+308 ]
                    ]

                let case = Case.make graph [ lane; lane; lane ] [ true ]
                Law.holds "kernels give what the primitives mean" case Edges (Tape.ofList []))
        ]
