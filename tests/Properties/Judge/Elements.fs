/// What elementwise primitives mean, by the dtype's own arithmetic.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Judge.Elements

open System
open System.Numerics
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

let private refuse why = raise (Refused why)
let private bits (dtype: DType) = 8 * dtype.Size()

/// The bits of a whole number as one without sign.
let private unsigned (dtype: DType) (n: bigint) =
    ((n % (1I <<< bits dtype)) + (1I <<< bits dtype)) % (1I <<< bits dtype)

let private signed (dtype: DType) (n: bigint) =
    let bare = unsigned dtype n

    if bare >= (1I <<< (bits dtype - 1)) then
        bare - (1I <<< bits dtype)
    else
        bare

let private quotient (x: bigint) (y: bigint) =
    if y.IsZero then
        refuse "division by zero"
    else
        BigInteger.Divide(x, y)

let private power (dtype: DType) (x: bigint) (n: bigint) =
    if n.Sign >= 0 then
        BigInteger.ModPow(x, n, 1I <<< bits dtype)
    elif x.IsZero then
        refuse "division by zero"
    elif x.IsOne then
        1I
    elif x = -1I then
        if n.IsEven then 1I else -1I
    else
        0I

let private shift (dtype: DType) (x: bigint) (n: bigint) inside outside =
    if n.Sign < 0 || n >= bigint (bits dtype) then
        outside x
    else
        inside x (int n)

let private count (dtype: DType) (x: bigint) =
    let rec ones (n: bigint) =
        if n.IsZero then 0I else n % 2I + ones (n / 2I)

    ones (unsigned dtype x)

/// Functions of one whole number.
let private wholeUnary (name: string) (dtype: DType) : (bigint -> bigint) option =
    match name with
    | "neg" -> Some(fun x -> -x)
    | "abs" -> Some abs
    | "sign" -> Some(fun x -> bigint x.Sign)
    | "not" when dtype = DType.Bool -> Some(fun x -> 1I - x)
    | "not" -> Some(fun x -> -x - 1I)
    | "popcount" -> Some(count dtype)
    | _ -> None

let private wholeBinary (name: string) (dtype: DType) : (bigint -> bigint -> bigint) option =
    match name with
    | "add" -> Some (+)
    | "sub" -> Some (-)
    | "mul" -> Some (*)
    | "div" -> Some quotient
    | "rem" -> Some(fun x y -> x - y * quotient x y)
    | "pow" -> Some(power dtype)
    | "max" -> Some max
    | "min" -> Some min
    | "and" -> Some(fun x y -> x &&& y)
    | "or" -> Some(fun x y -> x ||| y)
    | "xor" -> Some(fun x y -> x ^^^ y)
    | "shift_left" -> Some(fun x n -> shift dtype x n (fun x n -> x <<< n) (fun _ -> 0I))
    | "shift_right_logical" -> Some(fun x n -> shift dtype x n (fun x n -> unsigned dtype x >>> n) (fun _ -> 0I))
    | "shift_right_arithmetic" ->
        Some(fun x n ->
            let x = signed dtype x
            shift dtype x n (fun x n -> x >>> n) (fun x -> if x.Sign < 0 then -1I else 0I))
    | _ -> None

/// xʸ with its derivatives: those in y are 0 at x = 0, those in x at y = 0.
let private realPower (x: HyperDual<float>) (y: HyperDual<float>) =
    let a, n = x.V, y.V
    let z = Math.Pow(a, n)
    let log = if a = 0.0 then 0.0 else log a
    let dx = if n = 0.0 then 0.0 else n * Math.Pow(a, n - 1.0)

    let dxx =
        if n = 0.0 || n = 1.0 then
            0.0
        else
            n * (n - 1.0) * Math.Pow(a, n - 2.0)

    HyperDual.apply2 z (dx, z * log) (dxx, Math.Pow(a, n - 1.0) * (1.0 + n * log), z * log * log) x y

let private angle (y: HyperDual<float>) (x: HyperDual<float>) =
    let square = x.V * x.V + y.V * y.V
    let fourth = square * square
    let mixed = (y.V * y.V - x.V * x.V) / fourth
    let twice = 2.0 * x.V * y.V / fourth
    HyperDual.apply2 (Math.Atan2(y.V, x.V)) (x.V / square, -y.V / square) (-twice, mixed, twice) y x

let private realBinary (name: string) : (HyperDual<float> -> HyperDual<float> -> HyperDual<float>) option =
    match name with
    | "add" -> Some HyperDual.add
    | "sub" -> Some HyperDual.sub
    | "mul" -> Some HyperDual.mul
    | "div" -> Some HyperDual.div
    | "pow" -> Some realPower
    | "atan2" -> Some angle
    | "rem" -> Some(fun x y -> HyperDual.apply2 (x.V % y.V) (1.0, -(Math.Truncate(x.V / y.V))) (0.0, 0.0, 0.0) x y)
    | _ -> None

let private complexBinary (name: string) : (HyperDual<Complex> -> HyperDual<Complex> -> HyperDual<Complex>) option =
    match name with
    | "add" -> Some HyperDual.add
    | "sub" -> Some HyperDual.sub
    | "mul" -> Some HyperDual.mul
    | "div" -> Some HyperDual.div
    | _ -> None

let private realPart (z: HyperDual<Complex>) =
    {
        V = z.V.Real
        A = z.A.Real
        B = z.B.Real
        AB = z.AB.Real
    }
    : HyperDual<float>

let private imaginaryPart (z: HyperDual<Complex>) =
    {
        V = z.V.Imaginary
        A = z.A.Imaginary
        B = z.B.Imaginary
        AB = z.AB.Imaginary
    }
    : HyperDual<float>

/// |z| from its parts.
let private magnitude z =
    let re, im = realPart z, imaginaryPart z
    let v = Complex.Abs z.V
    let square = v * v * v

    HyperDual.apply2 v (re.V / v, im.V / v) (im.V * im.V / square, -re.V * im.V / square, re.V * re.V / square) re im

/// Where the plain formulas of complex functions neither overflow nor cancel.
let private isModerate (z: Complex) =
    abs z.Real < 50.0 && abs z.Imaginary < 50.0 && Complex.Abs z > 1e-3

let private unary (name: string) order (dtype: DType) cell =
    match cell with
    | Whole n ->
        match wholeUnary name dtype with
        | Some f -> Whole(f n)
        | None -> raise (Unjudged name)
    | Float x ->
        match Functions.real name order with
        | Some f ->
            let v, d, dd = f x.V
            Float(HyperDual.apply v d dd x)
        | None -> raise (Unjudged name)
    | Pair z ->
        match name with
        | "real" -> Float(realPart z)
        | "imag" -> Float(imaginaryPart z)
        | "abs" -> Float(magnitude z)
        | "conj" -> Pair(HyperDual.map Complex.Conjugate z)
        | _ ->
            match Functions.complex name with
            | Some f when isModerate z.V ->
                let v, d, dd = f z.V
                Pair(HyperDual.apply v d dd z)
            | Some _ -> raise (Unjudged $"{name} far out")
            | None -> raise (Unjudged $"{name} of complex numbers")

let private binary (name: string) (dtype: DType) x y =
    match x, y with
    | Whole a, Whole b ->
        match wholeBinary name dtype with
        | Some f -> Whole(f a b)
        | None -> raise (Unjudged name)
    | Float _, Float _ when name = "max" -> Cell.extreme 1 x y
    | Float _, Float _ when name = "min" -> Cell.extreme -1 x y
    | Float a, Float b ->
        match realBinary name with
        | Some f -> Float(f a b)
        | None -> raise (Unjudged name)
    | Pair a, Pair b ->
        match complexBinary name with
        | Some f -> Pair(f a b)
        | None -> raise (Unjudged $"{name} of complex numbers")
    | _ -> raise (Unjudged name)

let private holds (direction: Direction) x y =
    let order =
        match x, y with
        | Pair a, Pair b -> if a.V = b.V then Some 0 else None
        | x, y when Cell.isNaN x || Cell.isNaN y -> None
        | x, y -> Some(Cell.compare x y)

    match direction, order with
    | Direction.Ne, None -> true
    | _, None -> false
    | Direction.Eq, Some c -> c = 0
    | Direction.Ne, Some c -> c <> 0
    | Direction.Lt, Some c -> c < 0
    | Direction.Le, Some c -> c <= 0
    | Direction.Gt, Some c -> c > 0
    | _, Some c -> c >= 0

let private ofWhole (target: DType) (n: bigint) =
    let number =
        if n >= 0I && n > bigint Int64.MaxValue then
            float (uint64 n)
        else
            float (int64 n)

    if target = DType.Bool then
        Cell.truth (not n.IsZero)
    elif target.IsDifferentiable() then
        Cell.ofNumber target number
    else
        Whole n

let private ofReal (target: DType) (x: HyperDual<float>) =
    if target.IsComplex() then
        let pair (v: float) = Complex(v, 0.0)

        Pair
            {
                V = pair x.V
                A = pair x.A
                B = pair x.B
                AB = pair x.AB
            }
    elif target.IsFloating() then
        Float x
    elif target = DType.Bool then
        Cell.truth (x.V <> 0.0)
    else
        let low, high = Adjoint.Properties.Laws.Wholes.range target

        if Double.IsNaN x.V then Whole 0I
        elif x.V >= float high then Whole high
        elif x.V <= float low then Whole low
        else Whole(bigint (Math.Truncate x.V))

let private convert (target: DType) cell =
    match cell with
    | Whole n -> ofWhole target n
    | Float x -> ofReal target x
    | Pair z when target = DType.Bool -> Cell.truth (z.V <> Complex.Zero)
    | pair -> pair

/// The same bits, by way of a whole number.
let private bitcast (from: DType) (target: DType) cell =
    let raw =
        match cell, from with
        | Whole n, _ -> unsigned from n
        | Float x, DType.F64 -> bigint (BitConverter.DoubleToUInt64Bits x.V)
        | Float x, DType.F32 -> bigint (BitConverter.SingleToUInt32Bits(float32 x.V))
        | Float x, DType.F16 -> bigint (BitConverter.HalfToUInt16Bits(Half.op_Explicit x.V: Half))
        | Float x, _ -> bigint (BitConverter.SingleToUInt32Bits(float32 x.V) >>> 16)
        | _ -> raise (Unjudged "bitcast of complex numbers")

    match target with
    | DType.F64 -> Cell.ofNumber target (BitConverter.UInt64BitsToDouble(uint64 raw))
    | DType.F32 -> Cell.ofNumber target (float (BitConverter.UInt32BitsToSingle(uint32 raw)))
    | DType.F16 -> Cell.ofNumber target (float (BitConverter.UInt16BitsToHalf(uint16 raw)))
    | DType.BF16 -> Cell.ofNumber target (float (BitConverter.UInt32BitsToSingle(uint32 raw <<< 16)))
    | _ -> Whole raw

let private constant cell =
    match cell with
    | Float x -> Float(HyperDual.real x.V)
    | Pair z -> Pair(HyperDual.complex z.V)
    | whole -> whole

let private isFinite cell =
    match cell with
    | Float x -> Double.IsFinite x.V
    | Pair z -> Complex.IsFinite z.V
    | Whole _ -> true

let private together x y =
    match x, y with
    | Float x, Float y ->
        let pair a b = Complex(a, b)

        Pair
            {
                V = pair x.V y.V
                A = pair x.A y.A
                B = pair x.B y.B
                AB = pair x.AB y.AB
            }
    | _ -> failwith "Two real numbers make a complex one."

let private fused x y z =
    match x, y, z with
    | Float x, Float y, Float z ->
        let w = HyperDual.add (HyperDual.mul x y) z

        Float
            { w with
                V = Math.FusedMultiplyAdd(x.V, y.V, z.V)
            }
    | _ -> raise (Unjudged "fma")

/// The result, or None where the primitive is none of these.
let judge (primitive: Primitive) (result: DType) (operands: Grid list) : Grid option =
    match primitive, operands with
    | (:? Convert as convertTo), [ x ] -> Some(Grid.map result (convert convertTo.Target) x)
    | (:? Bitcast as cast), [ x ] -> Some(Grid.map result (bitcast x.DType cast.Target) x)
    | (:? Compare as comparison), [ x; y ] ->
        let cell a b =
            Cell.truth (holds comparison.Direction a b)

        Some(Grid.map2 result cell x y)
    | :? Select, [ choice; x; y ] ->
        let chosen = Array.map3 (fun p a b -> if Cell.whole p = 1I then a else b) choice.Cells x.Cells y.Cells

        Some { x with Cells = chosen }
    | :? StopGradient, [ x ] -> Some(Grid.map result constant x)
    | :? DebugPrint, [ x ] -> Some x
    | :? IsFinite, [ x ] -> Some(Grid.map result (isFinite >> Cell.truth) x)
    | :? MakeComplex, [ x; y ] -> Some(Grid.map2 result together x y)
    | :? Fma, [ x; y; z ] ->
        let cells = Array.map3 (fun a b c -> fused a b c |> Cell.settle result) x.Cells y.Cells z.Cells

        Some { x with Cells = cells }
    | :? ElementwiseUnary, [ x ] ->
        let order =
            match primitive with
            | :? Polygamma as polygamma -> polygamma.Order
            | _ -> 0

        Some(Grid.map result (unary primitive.Name order x.DType) x)
    | :? ElementwiseBinary, [ x; y ] -> Some(Grid.map2 result (binary primitive.Name x.DType) x y)
    | :? ElementwisePrimitive, [ x ] -> Some(Grid.map result (unary primitive.Name 0 x.DType) x)
    | _ -> None
