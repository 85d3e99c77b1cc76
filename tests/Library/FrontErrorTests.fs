/// Mistakes, and the errors that answer them: what was wrong, the types and numbers, the user's line, a cure.
module Adjoint.LibraryTests.FrontErrorTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Front

let private scalar (x: float) = Expr.Scalar x
let private vector = Expr.Of [| 1.0; 2.0; 3.0 |]
let private matrix = Expr.Of(Array2D.create 2 3 1.0)
let private single = Expr.Of [| 1.0f; 2.0f; 3.0f |]
let private whole = Expr.Of [| 1; 2; 3 |]
let private use' (x: obj) = ignore x
let private grad (f: Expr -> Expr) x = Differential.Grad(f).Invoke x

/// A mistake, the words that its message must hold, and what makes it.
let private mistakes: (string * string list * (unit -> unit)) list =
    [
        "shapes that do not broadcast",
        [ "add"; "[2, 3]"; "[2]"; "axis -1"; "3 against 2" ],
        (fun () -> use' (matrix + Expr.Of [| 1.0; 2.0 |]))
        "two dtypes", [ "multiply"; "f64[3]"; "f32[3]"; "Cast" ], (fun () -> use' (vector * single))
        "an integer and a fraction", [ "multiply"; "2.5"; "i32"; "Cast" ], (fun () -> use' (whole * 2.5))
        "a literal past the largest", [ "add"; "1E+300"; "f32" ], (fun () -> use' (single + 1e300))
        "a literal past an integer's largest", [ "add"; "3000000000"; "i32" ], (fun () -> use' (whole + 3_000_000_000L))
        "inner extents", [ "matmul"; "f64[2, 3]"; "3 against 2"; "Transpose" ], (fun () -> use' (matrix.MatMul matrix))
        "a scalar in matmul", [ "matmul"; "single number" ], (fun () -> use' (matrix.MatMul(scalar 1.0)))
        "an axis that is not there", [ "sum"; "axis 2"; "rank 2"; "-2 to 1" ], (fun () -> use' (matrix.Sum 2))
        "an axis twice", [ "sum"; "twice" ], (fun () -> use' (matrix.Sum [| 0; -2 |]))
        "an index out of range", [ "slice"; "index 3"; "3 elements" ], (fun () -> use' vector[Slice.At 3])
        "too many slices", [ "slice"; "2 slices"; "f64[3]" ], (fun () -> use' vector[Slice.At 0, Slice.At 0])
        "a step of 0", [ "slice"; "step is 0" ], (fun () -> use' (Slice.Of(Nullable(), Nullable(), 0)))
        "an array as an index", [ "slice"; "i32[3]"; "Take" ], (fun () -> use' vector[Slice.At whole])
        "a float as indices", [ "take"; "f64[3]"; "integers" ], (fun () -> use' (vector.Take vector))
        "a shape of another size", [ "reshape"; "f64[2, 3]"; "6 elements"; "[4]" ], (fun () -> use' (matrix.Reshape 4))
        "two free extents", [ "reshape"; "-1, -1" ], (fun () -> use' (matrix.Reshape(-1, -1)))
        "squeezing a wide axis", [ "squeeze"; "axis 1"; "3 elements" ], (fun () -> use' (matrix.Squeeze 1))
        "a wrong order", [ "permute"; "[0, 0]" ], (fun () -> use' (matrix.Permute(0, 0)))
        "stacking different shapes", [ "stack"; "f64[3]"; "f64[2, 3]" ], (fun () -> use' (Tensors.Stack [| vector; matrix |]))
        "joining nothing", [ "concat"; "no parts" ], (fun () -> use' (Tensors.Concat [||]))
        "an uneven split", [ "split"; "2 equal parts" ], (fun () -> use' (vector.Split 2))
        "a condition that is no bool", [ "where"; "f64[3]"; "bool" ], (fun () -> use' (vector.Where(vector, vector)))
        "a mean of integers", [ "mean"; "i32[3]"; "Cast" ], (fun () -> use' (whole.Mean()))
        "einsum: a label of two extents", [ "einsum"; "'i'"; "ij,i" ], (fun () -> use' (Tensors.Einsum("ij,i", matrix, vector)))
        "einsum: too few labels", [ "einsum"; "'i'"; "f64[2, 3]" ], (fun () -> use' (Tensors.Einsum("i->", matrix)))
        "einsum: an unknown result", [ "einsum"; "'k'" ], (fun () -> use' (Tensors.Einsum("ij->k", matrix)))
        "a gradient of a vector", [ "grad"; "f64[3]"; "Sum it"; "jacobian" ], (fun () -> use' (grad (fun x -> x * x) vector))
        "a gradient of a complex number", [ "grad"; "c128[]"; "real part" ], (fun () -> use' (grad (fun x -> x.Complex x) (scalar 1.0)))
        "a gradient of an integer", [ "grad"; "i32[]"; "Cast" ], (fun () -> use' (grad (fun x -> x.Cast DType.I32) (scalar 1.0)))
        "a gradient in integers", [ "grad"; "i32[3]"; "tangent" ], (fun () -> use' (grad (fun x -> x.Cast(DType.F64).Sum()) whole))
        "a tangent of another type",
        [ "jvp"; "f32[3]"; "f64[3]" ],
        (fun () -> use' (Differential.Jvp((fun (x: Expr) -> x), vector, single)))
        "a jacobian in integers", [ "jacobian"; "i32[3]" ], (fun () -> use' (Differential.JacFwd(fun (x: Expr) -> x).Invoke whole))
        "batches of two sizes",
        [ "vmap"; "axis 0"; "2, not 3" ],
        (fun () -> use' (Differential.Vmap(fun (x: Expr[]) -> [| x[0] |]).Invoke [| vector; matrix |]))
        "a batch without axis", [ "vmap"; "rank 0" ], (fun () -> use' (Differential.Vmap(fun (x: Expr) -> x).Invoke(scalar 1.0)))
        "a result that differs from lane to lane",
        [ "vmap"; "result 0"; "lane" ],
        (fun () -> use' (Differential.Vmap((fun (x: Expr[]) -> x), null, [| Nullable() |]).Invoke [| vector |]))
        "a predicate of many", [ "cond"; "bool[3]"; "Where" ], (fun () -> use' (Flow.Cond(vector.Greater 0.0, id, id, vector)))
        "branches of two types",
        [ "cond"; "leaf 0"; "f64[3]"; "f64[]" ],
        (fun () -> use' (Flow.Cond(Expr.Scalar true, (fun x -> x), (fun (x: Expr) -> x.Sum()), vector)))
        "a state that changes type",
        [ "while"; "leaf 0"; "f64[]"; "f32[]"; "Cast" ],
        (fun () -> use' (Flow.While((fun (x: Expr) -> x.Less 3.0), (fun (x: Expr) -> x.Cast DType.F32), scalar 1.0)))
        "a condition that is a number",
        [ "while"; "f64[]"; "bool" ],
        (fun () -> use' (Flow.While((fun (x: Expr) -> x), (fun (x: Expr) -> x), scalar 1.0)))
        "a scan over two lengths",
        [ "scan"; "2 along axis 0"; "3 steps" ],
        (fun () -> use' (Flow.Scan((fun s x -> struct (s, x)), [||], [| vector; matrix |])))
        "a scan without length", [ "scan"; "length" ], (fun () -> use' (Flow.Scan((fun s x -> struct (s, x)), [||], [||])))
        "a function that gives null", [ "grad"; "null" ], (fun () -> use' (grad (fun _ -> Unchecked.defaultof<Expr>) vector))
        "a graph that uses a value from outside",
        [ "graph"; "from outside"; "f64[3]" ],
        (fun () -> use' (GraphBuilder.Build([ Adjoint.Ir.TensorType.Of(DType.F64, 3) ], fun x -> [| x[0] + vector |])))
        "a name that is none", [ "scope"; "'a/b'" ], (fun () -> use' (Scope.Enter "a/b"))
    ]

/// The error holds the words.
let private answered (name, words, make: unit -> unit) =
    testCase name (fun () ->
        let error =
            try
                make ()
                None
            with :? AdjointException as error ->
                Some error

        Expect.isSome error "an error"

        for word in words do
            Expect.stringContains error.Value.Message word "the message")

[<Tests>]
let tests =
    testList
        "front errors"
        [
            testList "mistakes" (mistakes |> List.map answered)

            testCase "the user's scope and line are told" (fun () ->
                let fail () =
                    use _ = Scope.Enter "encoder"
                    Scope.In("layer1", fun () -> use' (vector + single))

                Expect.throwsC fail (fun error -> Expect.stringContains error.Message "In encoder/layer1, FrontErrorTests.fs:" "place"))

            testCase "a state's leaf is told by its path" (fun () ->
                let run () =
                    Flow.While(
                        (fun (x: Expr[]) -> x[0].Less 3.0),
                        (fun (x: Expr[]) -> [| x[0]; x[1].Sum() |]),
                        [| scalar 1.0; vector |],
                        [| "State.Step"; "State.Weights" |]
                    )
                    |> ignore

                Expect.throwsC run (fun error -> Expect.stringContains error.Message "leaf State.Weights" "path"))
        ]
