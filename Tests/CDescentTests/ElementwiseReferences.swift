// Exact values, as the double nearest and the double nearest to what that leaves: mpmath 1.3.0 at 1400 bits,
// y = float(f(x)), rest = float(f(x) - y). The arguments are those with the largest errors among millions of
// random ones, borders between the kernels' cases, and famously hard ones.

import CDescent

let unaryReferences: [(op: Int, cases: [(x: Double, y: Double, rest: Double)])] = [
    (
        CD_EXP,
        [
            (0x1.e8c6c45b1ea5bp1, 0x1.6c4f92807d95dp5, -0x1.28b07f57abe22p-50),
            (-0x1.9778652664f35p5, 0x1.6e9a9ce3e9b24p-74, -0x1.3704994090f91p-129),
            (0x1.8456c0c9b64fcp3, 0x1.6c0a639417b03p17, -0x1.d8024d7fe8d89p-40),
            (0x1p0, 0x1.5bf0a8b145769p1, 0x1.4d57ee2b1013ap-53),
            (-0x1p-1, 0x1.368b2fc6f960ap-1, -0x1.85314b9559e64p-61),
            (0x1.62e3d70a3d70ap9, 0x1.fe9ce5c4c52b4p1023, 0x1.a8a120488d827p969),
            (-0x1.748cccccccccdp9, 0x1p-52 * .leastNormalMagnitude, 0),
            (-0x1.624p9, 0x1.cd9eda1112f58p-1 * .leastNormalMagnitude, 0),
            (0x1.12e0be826d695p-30, 0x1.000000044b83p0, -0x1.7b444af5c26a7p-54),
            (0x1.62e42fefa39efp-2, 0x1.6a09e667f3bccp0, 0x1.f68d3de197eeap-54),
        ]
    ),
    (
        CD_EXPM1,
        [
            (0x1.69b9d9649761p-2, 0x1.b1da459060befp-2, 0x1.fc69726bf2fbfp-58),
            (0x1.6adb9bcdfe41p-2, 0x1.b37706959657fp-2, 0x1.3b9f4712e2f0ap-57),
            (0x1.7ed6b1a264248p-2, 0x1.d038efcf31215p-2, 0x1.10f5a9ea70dd8p-58),
            (0x1.56e1fc2f8f359p-997, 0x1.56e1fc2f8f359p-997, 0),
            (0x1.12e0be826d695p-30, 0x1.12e0be84bbb51p-30, -0x1.709a9c30d68a7p-84),
            (-0x1.6666666666666p-2, -0x1.2e663ed31c11ep-2, 0x1.7fb15788d663p-57),
            (0x1.6666666666666p-2, 0x1.ad200b20177b2p-2, -0x1.2ca2e8080a702p-56),
            (-0x1.28p5, -0x1.fffffffffffffp-1, -0x1.d9ee380d67eacp-56),
            (0x1.299999999999ap5, 0x1.96d28cc229d81p53, 0x1.a5d1a0ceab18bp-2),
            (0x1.62d999999999ap9, 0x1.d75ae7a50ee14p1023, -0x1.a7242fe782b54p968),
        ]
    ),
    (
        CD_LOG,
        [
            (0x1.6890807db7b34p-1, -0x1.6711cf3bbe7efp-2, -0x1.53a97cd216ba5p-57),
            (0x1.6972387c1b3a8p-1, -0x1.64918d81aa635p-2, -0x1.74aac7714da14p-57),
            (0x1.69bf8a512ea94p-1, -0x1.63b697bcb04f7p-2, -0x1.22f965585947ap-57),
            (0x1.fffffffffffffp-1, -0x1p-53, -0x1p-107),
            (0x1.0000000000001p0, 0x1.fffffffffffffp-53, 0x1.5555555555554p-158),
            (0x1.6a09e667f3bccp-1, -0x1.62e42fefa39f1p-2, 0x1.8d8f957c3d43cp-57),
            (0x1p-1022, -0x1.6232bdd7abcd2p9, -0x1.eef3fec1be37fp-46),
            (0x1p-52 * .leastNormalMagnitude, -0x1.74385446d71c3p9, -0x1.8e569fa8ee781p-45),
            (0x1.fffffffffffffp1023, 0x1.62e42fefa39efp9, 0x1.a9c9e3b39803fp-46),
            (0x1.4p3, 0x1.26bb1bbb55516p1, -0x1.f48ad494ea3e9p-53),
        ]
    ),
    (
        CD_LOG1P,
        [
            (-0x1.2f5c69fd5b8e2p-2, -0x1.67c3f67d9b8c5p-2, -0x1.54146bed11878p-57),
            (-0x1.311fb610c4e6p-2, -0x1.6a460633eeef7p-2, -0x1.73fdf326bb73bp-57),
            (-0x1.2fe2ebe48358p-2, -0x1.68832992c36e9p-2, -0x1.4c734909bc909p-57),
            (0x1.56e1fc2f8f359p-997, 0x1.56e1fc2f8f359p-997, 0),
            (-0x1.12e0be826d695p-30, -0x1.12e0be84bbb51p-30, 0x1.6fc755c3dd59ap-84),
            (-0x1.fffffffffffffp-1, -0x1.25e4f7b2737fap5, -0x1.8486612173c69p-51),
            (0x1.a827999fcef32p-2, 0x1.62e42fefa39efp-2, 0x1.ab94811859909p-60),
            (0x1.1c37937e08p53, 0x1.26bb1bbb55516p5, -0x1.e6217b48fdf9cp-49),
            (0x1.fffffffffffffp1023, 0x1.62e42fefa39efp9, 0x1.a9c9e3b39803fp-46),
            (-0x1.3333333333333p-2, -0x1.6d3c324e13f4ep-2, -0x1.f0207d9d4c9c1p-56),
        ]
    ),
    (
        CD_RSQRT,
        [
            (0x1.00032994ffe96p0, 0x1.fffcd67280322p-1, 0x1.fd8e8d55b2ae3p-55),
            (0x1.0002a0787e57cp0, 0x1.fffd5f8cae778p-1, 0x1.fdada805d3666p-55),
            (0x1p1, 0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55),
            (0x1.8p1, 0x1.279a74590331cp-1, 0x1.34863e0792bedp-55),
            (0x1p-52 * .leastNormalMagnitude, 0x1p537, 0),
            (0x1.fffffffffffffp1023, 0x1p-512, 0x1p-566),
        ]
    ),
    (
        CD_SIN,
        [
            (0x1.2cf4994194aap1, 0x1.6bd64c63a9c97p-1, -0x1.d2a052eda679dp-56),
            (-0x1.26982ba59e0dp1, -0x1.7d48513c49c37p-1, 0x1.cfbf09d6b853p-56),
            (0x1.12e0be826d695p-30, 0x1.12e0be826d695p-30, -0x1.a68cd9e985016p-93),
            (0x1.921fb54442d18p1, 0x1.1a62633145c07p-53, -0x1.f1976b7ed8fbdp-109),
            (0x1.63p8, -0x1.f9bd0307d1de3p-16, 0x1.894874d2528d2p-70),
            (0x1p20, 0x1.526ccb2fc8656p-2, -0x1.312bfebafe1dfp-56),
            (0x1.0f0cf064dd592p73, -0x1.b453ab76bf397p-1, -0x1.f453790772648p-58),
            (0x1.6ac5b262ca1ffp849, 0x1p0, -0x1.2b089ea1e692bp-123),
            (0x1.fffffffffffffp1023, 0x1.452fc98b34e97p-8, -0x1.27bb193d960dfp-62),
        ]
    ),
    (
        CD_COS,
        [
            (0x1.cb189d8b08c68p357, -0x1.6d1fd88a2a6bbp-1, 0x1.d06d223878506p-56),
            (0x1.4ae34f408674dp733, -0x1.6ea1deb0b5713p-1, -0x1.e3d1753eb444ap-56),
            (-0x1.2cc2834740bbap1, -0x1.67acba442c9a1p-1, 0x1.c2fd3c0511891p-56),
            (0x1.921fb54442d18p0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110),
            (0x1.6p3, 0x1.220ae41ee2fdfp-8, 0x1.7f17841b97bf3p-62),
            (0x1.6p4, -0x1.fffadd8d4acdap-1, -0x1.f6b2aa0db6ecdp-61),
            (0x1.0f0cf064dd592p73, 0x1.0be2cef01c8f4p-1, -0x1.b2d1bc8018c4fp-55),
            (0x1.6ac5b262ca1ffp849, -0x1.14ae72e6ba22fp-61, 0x1.73eef1477d90ep-118),
            (0x1.fffffffffffffp1023, -0x1.fffe62ecfab75p-1, -0x1.e038d934070f1p-56),
        ]
    ),
    (
        CD_TAN,
        [
            (-0x1.45f5f677b8f56p3, -0x1.e81785585589p-1, 0x1.5c959baeb189cp-57),
            (-0x1.cde0f24991d5p6, 0x1.efbac4c47231ep-1, -0x1.a94ddfa469ef3p-58),
            (0x1.1aa24ec647bf9p5, 0x1.f231bd0124bd1p-1, -0x1.2c77f244aea4cp-59),
            (0x1.921fb54442d18p0, 0x1.d02967c31cdb5p53, -0x1.f3c72fe49aa2ap-3),
            (0x1.921fb54442d18p-1, 0x1.fffffffffffffp-1, 0x1.cb3b399d747f3p-55),
            (0x1.12e0be826d695p-30, 0x1.12e0be826d695p-30, 0x1.a68cd9e985016p-92),
            (0x1.0f0cf064dd592p73, -0x1.a0f79c1b6b257p0, -0x1.d27810f5737ddp-54),
            (0x1.6ac5b262ca1ffp849, -0x1.d9ba9a7975636p60, 0x1.714cf36c65449p6),
            (0x1.9p6, -0x1.2ca74d62b5d38p-1, 0x1.41bccbb510deep-55),
        ]
    ),
    (
        CD_ATAN,
        [
            (0x1.b37dc458526f7p-2, 0x1.9bc321a58342dp-2, 0x1.720fe4d89d58p-56),
            (-0x1.b1e3f01626e6p-2, -0x1.9a67e0d4f6ce9p-2, -0x1.70968cbb449fbp-56),
            (0x1.12e0be826d695p-30, 0x1.12e0be826d695p-30, -0x1.a68cd9e985016p-92),
            (0x1.a827999fcef33p-2, 0x1.921fb54442d19p-2, -0x1.760c235274b24p-58),
            (0x1p0, 0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55),
            (0x1.3504f333f9de6p1, 0x1.2d97c7f3321d2p0, 0x1.fc774dbe287ap-56),
            (0x1.dcd65p29, 0x1.921fb53ff74e9p0, -0x1.680b0619e2083p-54),
            (0x1p-52 * .leastNormalMagnitude, 0x1p-52 * .leastNormalMagnitude, 0),
        ]
    ),
    (
        CD_TANH,
        [
            (-0x1.000d5fc7fd75ap-3, -0x1.fd73e8635c12cp-4, -0x1.eeb5173cfda96p-59),
            (-0x1.fe127d68189dap-4, -0x1.fb73aa877fe48p-4, -0x1.1d47502f360e2p-58),
            (-0x1.971808c6befdp-3, -0x1.91d0ca7fd28d5p-3, -0x1.04a54427e83c4p-57),
            (0x1.12e0be826d695p-30, 0x1.12e0be826d695p-30, -0x1.a68cd9e985016p-92),
            (0x1.56e1fc2f8f359p-997, 0x1.56e1fc2f8f359p-997, 0),
            (0x1.47ae147ae147bp-6, 0x1.47a2e5a063f19p-6, -0x1.2355765c0c178p-60),
            (0x1.199999999999ap-1, 0x1.00442f6419203p-1, -0x1.a6f0615dc969bp-56),
            (0x1.4p2, 0x1.fff419668df11p-1, 0x1.a800b7186cb57p-56),
            (0x1.3p4, 0x1.fffffffffffffp-1, 0x1.bceea52a399fap-55),
        ]
    ),
    (
        CD_SIGMOID,
        [
            (-0x1.6245d495fcb33p9, 0x1.b910baca9485p-1 * .leastNormalMagnitude, 0),
            (-0x1.6284b417638b7p9, 0x1.0de2a5b1b77fcp-1 * .leastNormalMagnitude, 0),
            (-0x1.627406defcfacp9, 0x1.3370ead446e3cp-1 * .leastNormalMagnitude, 0),
            (-0x1.748p9, 0x1p-52 * .leastNormalMagnitude, 0),
            (-0x1.624p9, 0x1.cd9eda1112f58p-1 * .leastNormalMagnitude, 0),
            (-0x1.4p5, 0x1.39792499b1a24p-58, 0x1.1aa9dba73f8d7p-113),
            (-0x1p0, 0x1.136561454ba86p-2, 0x1.35dae23bc734ap-56),
            (0x1.12e0be826d695p-30, 0x1.0000000225c18p-1, -0x1.7d9296b001a69p-56),
            (0x1p0, 0x1.764d4f5d5a2bdp-1, -0x1.35dae23bc734ap-56),
            (0x1.2p5, 0x1.ffffffffffffep-1, -0x1.6d875fbbc0c4dp-57),
        ]
    ),
    (
        CD_SOFTPLUS,
        [
            (-0x1.25e742f3f9e71p5, 0x1.ff6d44a8f9788p-54, 0x1.12a503bb4f9e3p-114),
            (-0x1.25f3a1958d02cp5, 0x1.fc58e143616f4p-54, 0x1.dd71e29d715bap-114),
            (-0x1.748p9, 0x1p-52 * .leastNormalMagnitude, 0),
            (-0x1.628p9, 0x1.17fcabbc0467p-1 * .leastNormalMagnitude, 0),
            (-0x1.44p5, 0x1.7c432199df55ap-59, -0x1.05c2f19d1f8b8p-113),
            (-0x1.3cp5, 0x1.026a3c0738cffp-57, -0x1.92cda245b7f9bp-113),
            (-0x1p0, 0x1.40c7abfbec124p-2, 0x1.d0189442c189fp-56),
            (0x1.12e0be826d695p-30, 0x1.62e42ff3ef21fp-1, -0x1.4d0cfdf22db39p-56),
            (0x1p0, 0x1.5031eafefb049p0, 0x1.d0189442c189fp-56),
            (0x1.4p4, 0x1.400000008da43p4, 0x1.56945077059b3p-51),
            (0x1.24p5, 0x1.24p5, 0x1.4466751c2bbe8p-53),
        ]
    ),
    (
        CD_ERF,
        [
            (0x1.0f71326e66ec6p0, 0x1.bb8699fe9e7b7p-1, 0x1.6285563af1c4p-57),
            (0x1.f0f28dc1cf73cp-1, 0x1.a907671de1887p-1, -0x1.a8fb71b589a8fp-58),
            (0x1.0e8a6e0a5148ap0, 0x1.badcc5de258bfp-1, -0x1.24b41a80cae75p-55),
            (0x1.56e1fc2f8f359p-997, 0x1.82e6d98711d3ap-997, 0),
            (0x1.12e0be826d695p-30, 0x1.362a9ffc610ddp-30, -0x1.41dcec6678b79p-86),
            (0x1p-1, 0x1.0a7ef5c18edd2p-1, 0x1.5e809f1a31a28p-56),
            (0x1.f0a2877ee4e27p-1, 0x1.a8e42e8c5139ep-1, 0x1.7b3d98f55cb73p-58),
            (0x1.f0a5269595feep-1, 0x1.a8e55614fd45ep-1, 0x1.09d1e5e3e2896p-57),
            (0x1p0, 0x1.af767a741088bp-1, -0x1.c97f778122797p-56),
            (0x1p1, 0x1.fd9ae142795e3p-1, 0x1.972801904b9a3p-56),
            (0x1.799999999999ap2, 0x1.fffffffffffffp-1, 0x1.68cd3fcb97885p-55),
        ]
    ),
]

let binaryReferences: [(op: Int, cases: [(a: Double, b: Double, y: Double, rest: Double)])] = [
    (
        CD_POW,
        [
            (0x1.6a4abf4e62fc5p-1, -0x1.c9eab954cba3bp10, 0x1.fae1f9bc7e631p913, -0x1.87bbe119f4c57p859),
            (0x1.0f27fb71aa78fp478, -0x1.11c735613704ap1, 0x1.596b50e043b56p-1 * .leastNormalMagnitude, 0),
            (0x1p1, 0x1p-1, 0x1.6a09e667f3bcdp0, -0x1.bdd3413b26456p-54),
            (0x1.4p3, -0x1.2cp8, 0x1.56e1fc2f8f359p-997, 0),
            (0x1.0000000000001p0, 0x1.4d1120d7b16p61, 0x1.0502174a9bef1p961, 0x1.93c10354a1dccp906),
            (0x1.fffffffffffffp-1, 0x1.4d1120d7b16p62, 0x1.f62d04dd3d7e1p-962, 0x1.d4a6d18abba4ap-1016),
            (0x1p-52 * .leastNormalMagnitude, 0x1.fae147ae147aep-1, 0x1.ab8p-42 * .leastNormalMagnitude, 0),
            (0x1.fffffffffffffp1023, -0x1.051eb851eb852p0, 0x1.6f17b0fp-23 * .leastNormalMagnitude, 0),
            (0x1.8p1, -0x1.53p9, 0x1p-52 * .leastNormalMagnitude, 0),
            (-0x1.8p1, 0x1.428p9, -0x1.3b59c25079105p1022, 0x1.4dce08675024ep968),
            (0x1.6a09e667f3bcdp-1, 0x1.068p11, 0x1p-28 * .leastNormalMagnitude, 0),
        ]
    ),
    (
        CD_ATAN2,
        [
            (-0x1.7fdd7e6a8a876p3, 0x1.fffffffffffffp1023, -0x1.7fdd7e6a8a877p-1021, 0),
            (0x1.7f6f9758908fp3, 0x1.fffffffffffffp1023, 0x1.7f6f9758908f1p-1021, 0),
            (0x1p0, 0x1p0, 0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55),
            (0x1p0, -0x1p0, 0x1.2d97c7f3321d2p1, 0x1.a79394c9e8a0ap-54),
            (-0x1.56e1fc2f8f359p-997, -0x1.56e1fc2f8f359p-997, -0x1.2d97c7f3321d2p1, -0x1.a79394c9e8a0ap-54),
            (0x1.56e1fc2f8f359p-997, 0x1.2a05f2p33, 0x1.2688b70e62bp-8 * .leastNormalMagnitude, 0),
            (
                -0x1.2688b70e62bp-8 * .leastNormalMagnitude, 0x1.8p1,
                -0x1.88b64968838p-10 * .leastNormalMagnitude, 0
            ),
            (0x1.1ccf385ebc8ap1023, -0x1.e42d130773b76p1023, 0x1.4e102c80931dcp1, -0x1.e959250ef34d5p-53),
            (-0x1p-52 * .leastNormalMagnitude, -0x1p0, -0x1.921fb54442d18p1, -0x1.1a62633145c07p-53),
            (0x1.a827999fcef32p-2, 0x1p0, 0x1.921fb54442d18p-2, 0x1.c398861b78b55p-59),
        ]
    ),
]
