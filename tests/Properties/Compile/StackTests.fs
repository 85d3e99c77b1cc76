namespace Adjoint.Properties.Compile

open System.Reflection.Emit
open System.Runtime.CompilerServices
open System.Runtime.Intrinsics
open System.Threading
open Expecto
open Adjoint.Compile.Emit

/// Where vectors lie that machine code keeps on its stack.
module StackTests =

    /// The longest vector of the machine, and its bytes.
    let private longest =
        if Vector512.IsHardwareAccelerated then
            typeof<Vector512<float>>, 64
        else
            typeof<Vector256<float>>, 32

    /// A method that gives how far a vector on its stack lies behind a multiple of its length.
    let private offsetOfVector () =
        let method = MethodWriter.NewMethod "offset"
        let il = method.GetILGenerator()
        let vector = il.DeclareLocal(fst longest)
        il.Emit(OpCodes.Ldloca, vector)
        il.Emit OpCodes.Conv_U
        il.Emit(OpCodes.Ldc_I4, snd longest - 1)
        il.Emit OpCodes.Conv_U
        il.Emit OpCodes.And
        il.Emit OpCodes.Conv_I4
        il.Emit OpCodes.Ret
        method

    /// A method with so many numbers on its stack that calls another after the stack was aligned.
    let private calling (numbers: int) (inner: DynamicMethod) =
        let method = MethodWriter.NewMethod "calling"
        let il = method.GetILGenerator()
        MethodWriter.AlignStack il

        for _ in 1..numbers do
            let number = il.DeclareLocal typeof<int64>
            il.Emit(OpCodes.Ldloca, number)
            il.Emit(OpCodes.Ldc_I8, 1L)
            il.Emit(OpCodes.Volatile)
            il.Emit(OpCodes.Stind_I8)

        il.Emit OpCodes.Ldarg_0
        il.Emit OpCodes.Ldarg_1
        il.Emit OpCodes.Ldarg_2
        il.Emit OpCodes.Ldarg_3
        il.Emit(OpCodes.Ldarg_S, 4uy)
        il.Emit(OpCodes.Call, inner)
        il.Emit OpCodes.Ret
        method

    let private run (make: unit -> DynamicMethod) frame =
        if not RuntimeFeature.IsDynamicCodeSupported || not Vector256.IsHardwareAccelerated then
            skiptest "no machine code is made here, or none with long vectors."

        let method = make ()
        let entry = method.CreateDelegate(typeof<IlEntry>) :?> IlEntry
        IlCode([| IlMethod(entry, frame) |]).Run(0, 0L, 0L, [||], CancellationToken.None)

    [<Tests>]
    let tests =
        testList
            "stack"
            [
                for frame in [ 0; 64; 100; 4096; 1 <<< 16 ] do
                    testCase $"vectors lie at multiples of their length in a method with a frame of {frame} bytes" (fun () ->
                        Expect.equal (run offsetOfVector frame) 0 "how far behind")

                for numbers in 0..9 do
                    testCase $"vectors lie at multiples of their length in a method that one with {numbers} numbers calls" (fun () ->
                        Expect.equal (run (fun () -> calling numbers (offsetOfVector ())) 64) 0 "how far behind")
            ]
