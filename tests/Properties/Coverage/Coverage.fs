/// What the laws check of each primitive, counted over fixed tapes: the same in every run.
module Adjoint.Properties.Coverage.Coverage

open System
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Properties.Laws

/// The tapes on which each law is held against each primitive.
let private tapes =
    let random = Random 5
    [ for _ in 1..6 -> Tape.ofList [ for _ in 1..64 -> random.Next(1 <<< 24) ] ]

/// The highest derivative that a law looks at.
let order (law: Law) =
    if law.Name = JudgeLaws.derivatives.Name then
        2
    elif OrderLaws.third.Name = law.Name then
        3
    elif List.exists (fun (other: Law) -> other.Name = law.Name) OrderLaws.all then
        2
    elif law.Differential then
        1
    else
        0

/// What is known of one primitive.
type Row =
    {
        Name: string
        /// The dtypes that its typing rule accepts, with how values are checked there.
        Values: Map<DType, Set<DTypeLaws.Check>>
        /// The dtypes in which derivatives are checked.
        Slopes: Set<DType>
        /// The cases that each law was held against, in the order of the laws.
        Cases: int list
    }

let private edges (subject: Subject) =
    [ for tape in tapes -> Case.draw subject Edges tape ]

let private union (maps: (DType * Set<'T>) seq) =
    maps
    |> Seq.fold
        (fun known (dtype, marks) -> Map.add dtype (Set.union marks (Map.tryFind dtype known |> Option.defaultValue Set.empty)) known)
        Map.empty

/// The dtypes of operands, or of attributes where there is no operand, that the typing rule accepts on the fixed tapes.
let dtypes (subject: Subject) =
    set
        [
            for case, _ in edges subject do
                for dtype, _ in Retyping.variants case -> dtype
        ]

let private values (subject: Subject) =
    union
        [
            for case, source in edges subject do
                for dtype, variant in Retyping.variants case do
                    dtype, set (DTypeLaws.check source (dtype, variant))

                    if JudgeLaws.agrees variant then
                        dtype, set [ DTypeLaws.ByJudge ]
        ]

let private slopes (subject: Subject) =
    set
        [
            for tape in tapes do
                let case, _ = Case.draw subject Smooth tape

                if case.IsDifferentiable then
                    for operand in Point.actives case.Point do
                        let dtype = Retyping.dtypeOf operand
                        dtype

                        for from, narrow in DTypeLaws.narrower do
                            if from = dtype && (Retyping.replace from narrow case).IsSome then
                                narrow
        ]

/// The number of cases in which the law says something; it throws where the law fails.
let private cases (subject: Subject) (law: Law) =
    tapes
    |> List.filter (fun tape ->
        let case, source = Case.draw subject law.Mode tape

        try
            Says.anything law case source
        with error ->
            failwith $"{subject.Name}: '{law.Name}' fails\n{error.Message}\n{Case.code law.Name case law.Mode source.Rest}")
    |> List.length

let row (subject: Subject) =
    {
        Name = subject.Name
        Values = values subject
        Slopes = slopes subject
        Cases = Law.all |> List.map (cases subject)
    }

/// The highest order of derivative that was checked.
let highest (row: Row) =
    List.zip Law.all row.Cases
    |> List.filter (fun (_, count) -> count > 0)
    |> List.map (fst >> order)
    |> List.max

/// Why a primitive has no derivative to check.
let reason (subject: Subject) =
    let drawn = [ for tape in tapes -> Case.draw subject Smooth tape |> fst ]

    if drawn |> List.forall (fun case -> case.Operands.IsEmpty) then
        "takes no operands"
    elif
        drawn
        |> List.forall (fun case -> case.Operands |> List.forall (fun x -> not (ValueTypes.Of(x).HasTangent)))
    then
        "takes integers or bools"
    elif
        drawn
        |> List.forall (fun case -> not (Point.withTangents case.Graph.Results).Any)
    then
        "gives integers or bools"
    else
        "is constant by definition"
