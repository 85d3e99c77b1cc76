/// Mistakes that users make, and what the errors say: the operation, the types or numbers, the user's line, a cure.
module Adjoint.LibraryTests.MistakeTests

open System
open Expecto
open Adjoint
open Adjoint.Core

type private Layer =
    {
        Weight: Tensor<float>
        Bias: Tensor<float>
    }

let private vector = Tensor.vector [ 1.0; 2.0; 3.0 ]
let private pair = Tensor.vector [ 1.0; 2.0 ]
let private matrix: Tensor<float> = Tensor.ones [ 2; 3 ]
let private number: Tensor<float> = Tensor.scalar 1.0
let private whole = Tensor.vector [ 1; 2; 3 ]
let private layer = { Weight = matrix; Bias = vector }

/// Keeps the mistake from being the last thing that a function does, so that its line stays on the stack.
let private keep (x: 'T) = GC.KeepAlive(box x)

/// A mistake, the words that its message must hold beside the place, and what makes it.
let private mistakes: (string * string list * (unit -> unit)) list =
    [
        // Operators and named functions.
        "adding shapes that do not broadcast", [ "add"; "[3]"; "[2]"; "3 against 2" ], (fun () -> keep (vector + pair))
        "multiplying a matrix by a long row", [ "multiply"; "[2, 3]"; "[2]" ], (fun () -> keep (matrix * pair))
        "comparing shapes that do not broadcast", [ "[3]"; "[2]" ], (fun () -> keep (vector .> pair))
        "matrix products", [ "matmul"; "f64[2, 3]"; "3 against 2"; "Transpose" ], (fun () -> keep (Tensor.matMul matrix matrix))
        "a product of numbers", [ "matmul"; "single number" ], (fun () -> keep (Tensor.matMul matrix number))
        "a dot of two lengths", [ "3"; "2" ], (fun () -> keep (Tensor.matMul vector pair))
        "einsum of two extents", [ "einsum"; "'i'" ], (fun () -> keep (Tensor.einsum "i,i->" [ vector; pair ]))
        "summing along no axis", [ "sum"; "axis 2"; "rank 2" ], (fun () -> keep (Tensor.sumAlong 2 matrix))
        "the mean along no axis", [ "mean"; "axis 1"; "rank 1" ], (fun () -> keep (Tensor.meanAlong 1 vector))
        "softmax along no axis", [ "axis 3"; "rank 1" ], (fun () -> keep (Tensor.softmax 3 vector))
        "a reshape to another size", [ "reshape"; "f64[2, 3]"; "6 elements"; "[4]" ], (fun () -> keep (Tensor.reshape [ 4 ] matrix))
        "stacking two shapes", [ "stack"; "f64[3]"; "f64[2]" ], (fun () -> keep (Tensor.stack 0 [ vector; pair ]))
        "joining nothing", [ "concat"; "no parts" ], (fun () -> keep (Tensor.concat 0 ([]: Tensor<float> list)))
        "an index that is not there", [ "index 7"; "3" ], (fun () -> keep vector[7])
        "too many indices", [ "slice"; "f64[3]" ], (fun () -> keep vector[0, 0])
        "where over shapes that do not fit", [ "where" ], (fun () -> keep (Tensor.where (vector .> 0.0) vector pair))
        "squeezing a wide axis", [ "squeeze"; "axis 1"; "3" ], (fun () -> keep (Tensor.squeezeAxis 1 matrix))
        "a wrong order of axes", [ "permute"; "[0, 0]" ], (fun () -> keep (Tensor.permute [ 0; 0 ] matrix))
        "too few numbers for a shape", [ "3 elements"; "[2, 2]" ], (fun () -> keep (Tensor.ofSeq [ 2; 2 ] [ 1.0; 2.0; 3.0 ]))
        "a matrix of uneven rows", [ "row" ], (fun () -> keep (Tensor.matrix [ [ 1.0; 2.0 ]; [ 3.0 ] ]))
        "the value of many", [ "value"; "f64[3]"; "3 elements"; "toArray" ], (fun () -> keep (value vector))
        "a number that its dtype cannot hold",
        [ "1E+300"; "f32" ],
        (fun () -> keep (Adjoint.Front.Tensors.Sum(Adjoint.Front.Expr.Of [| 1.0f |] + 1e300)))
        // Derivatives.
        "the gradient of a vector", [ "grad"; "f64[3]"; "Sum it" ], (fun () -> keep (grad (fun x -> 2.0 * x) vector))
        "the gradient in integers",
        [ "grad"; "i32[3]"; "Cast" ],
        (fun () -> keep (grad (fun (x: Tensor<int>) -> Tensor.sum (Tensor.cast x: Tensor<float>)) whole))
        "the gradient of an integer",
        [ "grad"; "i32[]"; "Cast" ],
        (fun () -> keep (grad (fun (_: Tensor<float>) -> Tensor.sum whole) vector))
        "a tangent of another shape", [ "jvp"; "f64[2]"; "f64[3]" ], (fun () -> keep (jvp (fun x -> x * x) vector pair))
        "a cotangent of another shape",
        [ "pullback"; "f64[2]"; "f64[3]" ],
        (fun () -> keep ((snd (valueAndPullback (fun x -> x * x) vector)) pair))
        "diff at a vector", [ "diff"; "f64[3]"; "vmap" ], (fun () -> keep (diff (fun x -> x * x) vector))
        "a jacobian in integers",
        [ "jacobian"; "i32[3]" ],
        (fun () -> keep (jacobian (fun (x: Tensor<int>) -> (Tensor.cast x: Tensor<float>)) whole))
        "a mistake inside grad", [ "add"; "[3]"; "[2]" ], (fun () -> keep (grad (fun x -> let y = x + pair in Tensor.sum y) vector))
        "a mistake inside a record's loss",
        [ "matmul"; "f64[2, 3]" ],
        (fun () -> keep (grad (fun layer -> let y = Tensor.matMul layer.Weight layer.Weight in Tensor.sum y) layer))
        "a function that gives a function",
        [ "jvp"; "function"; "tuple" ],
        (fun () -> keep (jvp (fun (x: Tensor<float>) (y: Tensor<float>) -> x * y) vector vector))
        "two tangents of other structures", [ "2 elements"; "1 element" ], (fun () -> keep (jvp List.head [ vector; vector ] [ vector ]))
        // Batches.
        "batches of two sizes",
        [ "vmap"; "2"; "3" ],
        (fun () -> keep (vmap (fun (x: Tensor<float>, y: Tensor<float>) -> x + y) (vector, pair)))
        "a batch of a number", [ "vmap"; "rank 0" ], (fun () -> keep (vmap (fun (x: Tensor<float>) -> x) number))
        "looking at a lane", [ "vmap"; "where" ], (fun () -> keep (vmap (fun (x: Tensor<float>) -> if value x > 0.0 then x else -x) vector))
        "a mistake inside vmap", [ "add"; "[3]"; "[2]" ], (fun () -> keep (vmap (fun x -> let y = x + pair in y * 2.0) matrix))
        // Compiled code.
        "looking at a value in compile",
        [ "compile"; "cond" ],
        (fun () -> keep (compile (fun (x: Tensor<float>) -> if value (Tensor.sum x) > 0.0 then x else -x) vector))
        "a mistake inside compile", [ "add"; "[3]"; "[2]" ], (fun () -> keep (compile (fun x -> let y = x + pair in y * 2.0) vector))
        "an index out of range when compiled code runs",
        [ "index"; "3" ],
        (fun () ->
            keep (Tensor.toArray (compile (fun (x: Tensor<float>, i: Tensor<int>) -> let y = x[i] in y * 2.0) (vector, Tensor.scalar 7))))
        "a check that fails in compiled code",
        [ "positive" ],
        (fun () -> keep (Tensor.toArray (compile (fun (x: Tensor<float>) -> let y = check "not positive" (x .> 0.0) x in y * 2.0) -vector)))
        "a division of integers by zero",
        [ "div"; "zero" ],
        (fun () -> keep (Tensor.toArray (compile (fun (x: Tensor<int>) -> let y = x / (x - x) in y + 1) whole)))
        // Control flow.
        "branches of two shapes", [ "cond"; "f64[3]"; "f64[]" ], (fun () -> keep (Flow.cond (Tensor.scalar true) id Tensor.sum vector))
        "a predicate of many", [ "cond"; "bool[3]"; "Where" ], (fun () -> keep (Flow.cond (vector .> 0.0) id id vector))
        "branches of two structures",
        [ "cond"; "branch 0"; "branch 1"; "elements" ],
        (fun () -> keep (Flow.cond (Tensor.scalar true) (fun x -> [ x ]) (fun x -> [ x; x ]) vector))
        "no branches",
        [ "switch"; "no branches" ],
        (fun () -> keep (Flow.switch (Tensor.scalar 0) ([]: (Tensor<float> -> Tensor<float>) list) vector))
        "a state that changes its shape",
        [ "while"; "f64[3]"; "f64[]" ],
        (fun () -> keep (Flow.whileLoop (fun x -> Tensor.sum x .< 3.0) Tensor.sum vector))
        "a condition of many", [ "while"; "bool[3]"; "All" ], (fun () -> keep (Flow.whileLoop (fun x -> x .< 3.0) id vector))
        "a field of the state that changes its shape",
        [ "scan"; "Weight"; "f64[2, 3]"; "f64[]" ],
        (fun () ->
            keep (
                Flow.forLoop
                    0
                    3
                    (fun _ layer ->
                        { layer with
                            Weight = Tensor.sum layer.Weight
                        })
                    layer
            ))
        "a scan over two lengths",
        [ "scan"; "2"; "3" ],
        (fun () -> keep (Flow.scan (fun s (x: Tensor<float>, y: Tensor<float>) -> s, x + y) number (vector, pair)))
        "a scan along a number", [ "scan"; "axis 0" ], (fun () -> keep (Flow.scan (fun s (x: Tensor<float>) -> s, x) number number))
        "a mistake inside a loop", [ "add"; "[3]"; "[2]" ], (fun () -> keep (Flow.forLoop 0 3 (fun _ x -> let y = x + pair in y) vector))
        "looking at a value in a loop",
        [ "scan"; "cond" ],
        (fun () -> keep (Flow.forLoop 0 3 (fun _ x -> if value x > 0.0 then x else -x) number))
        "too many turns",
        [ "fori"; "iterations" ],
        (fun () -> keep (Adjoint.Front.Flow.Fori(0L, 1L <<< 40, (fun _ (x: Expr) -> x), number.Expr)))
        "a value kept from a body that has closed",
        [ "has closed"; "Return it" ],
        (fun () ->
            let mutable kept = number

            Flow.forLoop
                0
                2
                (fun _ x ->
                    kept <- x
                    x)
                number
            |> ignore

            keep (kept + 1.0))
        // Rules of one's own.
        "a rule with a cotangent of another shape",
        [ "custom function"; "f64[]"; "f64[3]" ],
        (fun () -> keep (customVjp Tensor.sin (fun (x: Tensor<float>) -> Tensor.sin x, x) (fun _ g -> Tensor.sum g) vector))
        "a rule that captures a variable",
        [ "custom function"; "argument" ],
        (fun () -> keep (grad (fun (x: Tensor<float>) -> let f = customJvp id (fun y dy -> y * x, dy) in Tensor.sum (f x)) vector))
        // Structures and random numbers.
        "two structures of other lengths",
        [ "map2"; "2 elements"; "1 element" ],
        (fun () -> keep (Structure.map2 (fun x _ -> x) [ vector; vector ] [ vector ]))
        "too few leaves", [ "withLeaves"; "1 leaves" ], (fun () -> keep (Structure.withLeaves [ vector.Expr ] [ vector; vector ]))
        "a leaf of another dtype", [ "f32[1]"; "Cast" ], (fun () -> keep (Structure.map (fun _ -> Adjoint.Front.Expr.Of [| 1.0f |]) vector))
        "a key that is none", [ "key"; "u32" ], (fun () -> keep (Adjoint.Front.Rng.Bits(vector.Expr, Shape.Of [| 3 |])))
        "a name that is none", [ "scope"; "'a/b'" ], (fun () -> keep (scope "a/b" (fun () -> 1)))
    ]

/// The error holds the words and this file's line.
let private answered (name, words, make: unit -> unit) =
    testCase name (fun () ->
        let error =
            try
                make ()
                None
            with :? AdjointException as error ->
                Some error

        Expect.isSome error "an error"
        let message = error.Value.Message

        for word in words do
            Expect.stringContains message word "the message"

        Expect.stringContains message "MistakeTests.fs:" "the place")

[<Tests>]
let tests = testList "mistakes of users" (List.map answered mistakes)
