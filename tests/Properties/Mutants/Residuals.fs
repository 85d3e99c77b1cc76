/// The values that a linear part reads, and what becomes of it where one is wrong.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Mutants.Residuals

open System.Collections.Generic
open Adjoint.Ir

/// The nodes behind some values that depend on tangents, operands first.
let private dependent (tangents: Value list) (results: Value list) =
    let reached = HashSet<Value>(tangents, HashIdentity.Reference)
    let seen = HashSet<Value>(HashIdentity.Reference)
    let nodes = List<Node>()

    let rec visit (value: Value) =
        if seen.Add value && not (isNull value.Producer) then
            let node = value.Producer
            Seq.iter visit node.Operands

            if Seq.exists reached.Contains node.Operands && not (nodes.Contains node) then
                nodes.Add node
                Seq.iter (fun y -> reached.Add y |> ignore) node.Results

    List.iter visit results
    nodes, reached

/// The same tangents, with the first floating value that they read changed.
let spoil (change: Value -> Value) (tangents: Value list) (results: Value[]) : Value[] =
    let present = results |> Array.filter (isNull >> not) |> List.ofArray
    let nodes, reached = dependent tangents present

    let isResidual (value: Value) =
        value.Type.HasTangent && not (reached.Contains value)

    match nodes |> Seq.collect _.Operands |> Seq.tryFind isResidual with
    | None -> results
    | Some residual ->
        let substitution = Substitution()
        substitution[residual] <- change residual
        Seq.iter (fun node -> substitution.Apply node |> ignore) nodes

        results
        |> Array.map (fun value -> if isNull value then null else substitution[value])
