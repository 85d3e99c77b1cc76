namespace Adjoint.Suites.StableHlo

open Adjoint.Front
open Adjoint.Suites

/// Runs programs statement by statement, as a user would write them.
[<RequireQualifiedAccess>]
module Programs =

    /// Operations that the library does not have, and why.
    let private absent =
        Map
            [
                "bessel_i0e", "Bessel functions are not in the core set"
                "bessel_i1e", "Bessel functions are not in the core set"
            ]

    /// Cases whose result follows another rule than this library's on purpose, and which.
    let otherwise =
        Map
            [
                "top_k_float32_5_chlo",
                "a NaN counts as the largest number whatever its sign bit says (docs/semantics.md); here one with the bit set is the least"
                "triangular_solve_float32_2_8_8_float32_2_10_8",
                "the quoted solution is up to 7 units in the last place from the exact one (in rational arithmetic), more than the suite allows; \
                 the library's element there is within half a unit"
            ]

    let private bind names values scope =
        List.zip names values
        |> List.fold (fun scope (name, value) -> Map.add name value scope) scope

    let rec private statement functions (scope: Map<string, Expr>) (statement: Statement) : Expr list =
        let operands = statement.Operands |> List.map (fun name -> scope[name])

        let inner (region: Code) arguments =
            run functions (bind region.Arguments arguments scope) region.Body region.Return

        match statement.Value, statement.Operation with
        | Some value, _ -> [ Expr.Of value ]
        | None, "call" ->
            let callee: Code = Map.find (Attributes.text [ "callee" ] statement) functions
            run functions (bind callee.Arguments operands Map.empty) callee.Body callee.Return
        | None, name when absent.ContainsKey name -> raise (Unmapped absent[name])
        | None, name ->
            Elementwise.tryRun statement operands
            |> Option.map List.singleton
            |> Option.orElseWith (fun () -> Shapes.tryRun statement operands)
            |> Option.orElseWith (fun () -> Regions.tryRun inner statement operands)
            |> Option.defaultWith (fun () -> raise (Unmapped $"{name} has no counterpart"))

    and private run functions scope body results =
        let last =
            (scope, body)
            ||> List.fold (fun scope next -> bind next.Results (statement functions scope next) scope)

        results |> List.map (fun name -> last[name])

    /// What a case computes: its inputs' expressions to its expected results'.
    let results (case: Case) (inputs: Expr list) =
        let scope = bind (List.map fst case.Inputs) inputs Map.empty
        run case.Functions scope case.Program (case.Expected |> List.map _.Result)
