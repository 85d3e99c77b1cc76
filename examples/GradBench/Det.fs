/// The determinant by expansion by minors. A minor of the last m rows is a sum over its columns, of the element in its first row and the
/// minor without that row and column. There are only as many minors as sets of m columns; each is computed once, all of one size together.
module Adjoint.Examples.GradBench.Det

open System.Collections.Generic
open Adjoint

/// Sets of m of n columns, ascending, in lexical order.
let rec private choose m first n =
    if m = 0 then
        [ [] ]
    else
        [
            for column in first .. n - m do
                for rest in choose (m - 1) (column + 1) n -> column :: rest
        ]

/// For every set of m columns, its columns, and which of the smaller sets is left without each.
let private expansion m n =
    let smaller = Dictionary<int list, int>(HashIdentity.Structural)
    choose (m - 1) 0 n |> List.iteri (fun i columns -> smaller[columns] <- i)
    let sets = choose m 0 n
    let table entries = Tensor.matrix entries: Tensor<int>

    table sets,
    table
        [
            for columns in sets -> [ for column in columns -> smaller[List.except [ column ] columns] ]
        ]

/// a : [n, n], n at least 1.
let primal (a: Tensor<float>) =
    let n = a.Shape[0]

    let expand (minors: Tensor<float>) m =
        let columns, left = expansion m n
        let signs = Tensor.vector [ for j in 1..m -> if j % 2 = 1 then 1.0 else -1.0 ]

        signs * Tensor.take columns a[n - m] * Tensor.take left minors
        |> Tensor.sumAlong 1

    let whole = List.fold expand (Tensor.ones [ 1 ]) [ 1..n ]
    whole[0]

let gradient a = grad primal a

let private read input =
    let n = Input.whole "ell" input
    let a = Input.vector "A" input

    if n < 1 || a.Size <> n * n then
        raise (BadInput $"A has {a.Size} elements; a square matrix of edge {n} was promised")

    Tensor.reshape [ n; n ] a

let functions =
    [
        "primal", Function.define read primal Function.number
        "gradient", Function.define read gradient Function.numbers
    ]
